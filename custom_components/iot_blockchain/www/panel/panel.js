import{i as E,r as $,A as u,b as r,L as U,g as A,l as b,m as S,d as O,f as M,p as N,e as T,h as L,j as J,c as B,t as K,s as R,a as Q,k as Y}from"./styles-CX6fOBNS.js";import{f as Z,a as tt,m as q,s as et,n as D}from"./elements-KPT4tEyE.js";class st extends E{static properties={api:{attribute:!1},mark:{attribute:!1},anchors:{state:!0},more:{state:!0},wrong:{state:!0}};constructor(){super(),this.mark="",this.more=!1,this.wrong=""}willUpdate(t){t.has("api")&&(this.anchors=void 0),(t.has("api")||t.has("mark"))&&this.#t()}async#t(t){const{api:e}=this;try{const s=await e.anchors(t);if(e!==this.api)return;const i=t===void 0?[]:this.anchors??[];this.anchors=[...i,...s.anchors],this.more=s.more,this.wrong=""}catch(s){this.wrong=$(s)}}render(){const{anchors:t}=this;return r`<section class="card" aria-labelledby="title" aria-busy=${t===void 0}>
      <h2 id="title">Anchors</h2>
      <p class="wrong" role="status">${this.wrong}</p>
      ${t===void 0?u:t.length?this.#s(t):r`<p class="quiet">There are none yet: no block holds anything of this log.</p>`}
      ${this.more?r`<button @click=${()=>{this.#t(this.anchors.at(-1).size)}}>
              Show older ones
            </button>`:u}
    </section>`}#s(t){return r`<div class="scrolled" tabindex="0" role="region" aria-label="List of anchors">
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">No.</th>
            <th scope="col">Status</th>
            <th scope="col">Transaction</th>
            <th scope="col">Time of the block</th>
            <th scope="col" class="number">Entries</th>
            <th scope="col" class="number">Cost</th>
          </tr>
        </thead>
        <tbody>
          ${t.map(e=>this.#e(e))}
        </tbody>
      </table>
    </div>`}#e(t){const{chain:e}=this.api.log,s=`${t.transaction.slice(0,10)}…${t.transaction.slice(-4)}`,i=e?.explorer,{title:a,means:o}=U[t.status];return r`<tr>
      <td class="number">${A(t.number)}</td>
      <td><span class="chip ${t.status}" title=${o}>${a}</span></td>
      <td>
        ${i?r`<a
                class="mono"
                href=${`${i}/tx/${t.transaction}`}
                target="_blank"
                rel="noopener noreferrer"
                title=${t.transaction}
                >${s}</a
              >`:r`<span class="mono" title=${t.transaction}>${s}</span>`}
      </td>
      <td class="time">${b(Date.parse(t.block_time))}</td>
      <td class="number">${A(t.size-t.first)}</td>
      <td class="number cost">${S(t.cost,e?.currency??"")}</td>
    </tr>`}static styles=[O,M,N,T`
      .time,
      .cost,
      .mono {
        white-space: nowrap;
      }
      td:last-child,
      th:last-child {
        padding-inline-end: 0;
      }
      button {
        margin-top: 0.75rem;
      }
    `]}const it=Symbol("a number that is not an integer in range");class p extends Error{}const nt=1024,w=/[ \t\n\r]*/y,at=/-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y,rt=new Map([["true",!0],["false",!1],["null",null]]);function F(n){return n instanceof Map}function ot(n,t=1/0){return new ht(n,t).document()}class ht{#t;#s;#e=0;constructor(t,e){this.#t=t,this.#s=e}document(){const t=this.#n(0);if(this.#e<this.#t.length)throw new p("more follows after its end");return t}#n(t){if(--this.#s<0)throw new p("it holds too many small values");if(t>nt)throw new p("it is nested too deeply");this.#a(w);const e=this.#r(t);return this.#a(w),e}#r(t){switch(this.#t[this.#e]){case void 0:throw new p("it ends too early");case"{":return this.#o(t+1);case"[":return this.#h(t+1);case'"':return this.#c();default:return this.#u()}}#o(t){const e=new Map;if(this.#e++,this.#a(w),this.#i("}"))return e;do{if(this.#a(w),this.#t[this.#e]!=='"')throw this.#l();const s=this.#c();if(e.has(s))throw new p("a member stands there twice");if(this.#a(w),!this.#i(":"))throw this.#l();e.set(s,this.#n(t))}while(this.#i(","));if(!this.#i("}"))throw this.#l();return e}#h(t){const e=[];if(this.#e++,this.#a(w),this.#i("]"))return e;do e.push(this.#n(t));while(this.#i(","));if(!this.#i("]"))throw this.#l();return e}#c(){const t=this.#e;this.#e=this.#d(t+1)+1;let e;try{e=JSON.parse(this.#t.slice(t,this.#e))}catch{throw new p(`the text at character ${t+1} is not written as JSON`)}if(!e.isWellFormed())throw new p("a text in it is not Unicode");return e}#d(t){for(let e=t;;e++){if(e=this.#t.indexOf('"',e),e<0)throw new p("it ends too early");let s=e;for(;s>t&&this.#t[s-1]==="\\";)s--;if((e-s)%2===0)return e}}#u(){for(const[s,i]of rt)if(this.#t.startsWith(s,this.#e))return this.#e+=s.length,i;const t=this.#a(at);if(t==="")throw this.#l();const e=Number(t)+0;return/^-?[0-9]+$/.test(t)&&Number.isSafeInteger(e)?e:it}#i(t){return this.#t[this.#e]!==t?!1:(this.#e++,!0)}#a(t){t.lastIndex=this.#e;const e=t.exec(this.#t)?.[0]??"";return this.#e+=e.length,e}#l(){const t=this.#e>=this.#t.length;return new p(t?"it ends too early":`at character ${this.#e+1} it breaks off`)}}function _(n,t){return n.get(t)}function lt(n){if(n.type==="act")return;const t=_(n.members,"entity"),e=n.type==="signed_reading",s=e?ct(_(n.members,"jws")):n.members,i=s.get("unit"),a=n.members.get("attributes");return{entity:t,state:_(s,e?"value":"state"),...typeof i=="string"&&{unit:i},time:n.time,...F(a)&&{attributes:a},signed:e}}function ct(n){const t=ot(Z(tt(n.split(".")[1])));if(!F(t))throw new TypeError("only of an entry that was verified");return t}const dt=3e4;class ut extends E{static properties={api:{attribute:!1},status:{attribute:!1},asking:{state:!0},said:{state:!0},now:{state:!0}};#t;constructor(){super(),this.asking=!1,this.said="",this.now=Date.now()}connectedCallback(){super.connectedCallback(),this.#t=setInterval(()=>this.now=Date.now(),dt)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.#t)}render(){const{status:t}=this;return r`<section class="card" aria-labelledby="title" aria-busy=${t===void 0}>
      <h2 id="title">${this.api.log.title}</h2>
      ${t===void 0?r`<p class="quiet">Looking…</p>`:this.#s(t)}
    </section>`}#s(t){const{chain:e}=this.api.log;return r`
      ${t.problem===null?u:r`<p class="wrong" role="status">
              Nothing is anchored for now; all is recorded. The
              <a href="/config/repairs">repairs</a> of Home Assistant say what to do.
            </p>`}
      <dl>
        ${g("Recorded",L(t.recorded,"reading"))}
        ${g("Waiting",L(t.waiting,"reading"))}
        ${g("Last anchor",this.#n(t))} ${g("Next anchor",this.#r(t))}
        ${e===null?u:this.#e(t,e.currency)}
        ${g("Network",e===null?"None chosen yet: nothing is anchored.":`${e.name}${e.testnet?", a test network":""}`)}
      </dl>
      <div class="row">
        ${e===null?u:r`<button class="main" ?disabled=${this.asking} @click=${this.#h}>
                Anchor now
              </button>`}
        <span role="status" class="quiet small">${this.said}</span>
      </div>
    `}#e(t,e){const s=t.anchors_left,i=t.balance===null?"Not known now":S(t.balance,e);return r`
      ${g("Balance",i,s===null?void 0:`enough for ${A(s)} ${s===1?"anchor":"anchors"}`)}
      ${g("Cost",t.spent_today===null?"–":`${S(t.spent_today,e)} in 24 hours`,t.last_cost===null?void 0:`the last transaction ${S(t.last_cost,e)}`)}
    `}#n({last_anchored:t,anchor_status:e}){if(t===null)return"None yet";const s=e==="confirmed"||e==="final";return r`${this.#o(t)}
    ${s?r`<span class="chip ${e}">${U[e].title}</span>`:u}`}#r({next:t,waiting:e,anchor_status:s}){return s==="submitted"?"On its way":this.api.log.chain===null?"–":t===null?e?"–":"When there are new readings":Date.parse(t)<=this.now?"Due now":this.#o(t)??"–"}#o(t){if(t===null)return;const e=Date.parse(t);return r`<span title=${b(e)}>${J(e,this.now)}</span>`}async#h(){this.asking=!0,this.said="Asking…";try{await this.api.anchorNow(),this.said="An anchor is due now. It takes from seconds to minutes."}catch(t){this.said=$(t)}this.asking=!1}static styles=[O,M,N,T`
      h2 {
        overflow-wrap: anywhere;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr));
        gap: 0.875rem 1.25rem;
        margin-bottom: 1rem;
      }
      dt {
        color: var(--quiet);
        font-size: 0.86rem;
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      dd .small {
        display: block;
      }
      .wrong {
        margin-bottom: 0.875rem;
      }
    `]}function g(n,t,e){return r`<div>
    <dt>${n}</dt>
    <dd>
      ${t}${e===void 0?u:r`<span class="quiet small">${e}</span>`}
    </dd>
  </div>`}const pt="M3,6H21V8H3V6M3,11H21V13H3V11M3,16H21V18H3V16Z";class mt extends E{static properties={narrow:{type:Boolean},logs:{state:!0},api:{state:!0},status:{state:!0},wrong:{state:!0},dark:{state:!0},menu:{state:!0}};#t;#s="";#e;constructor(){super(),this.narrow=!1,this.wrong="",this.dark=!1,this.menu=!1}set hass(t){const e=t.config?.state==="RUNNING"&&this.#s!=="RUNNING";this.#s=t.config?.state??"",this.#t=t,this.dark=t.themes?.darkMode??!1,this.menu=t.dockedSidebar==="always_hidden",e&&this.#n(t)}connectedCallback(){super.connectedCallback(),this.api&&this.#t&&this.#r(this.api.log)}disconnectedCallback(){super.disconnectedCallback(),this.#o()}async#n(t){try{this.logs=await B.logs(t);const e=this.api?.log.entry_id,s=this.logs.find(({entry_id:i})=>i===e)??this.logs[0];this.wrong="",s&&await this.#r(s)}catch(e){this.wrong=$(e)}}async#r(t){await this.#o();const e=new B(()=>this.#t,t);this.api=e,this.status=void 0;try{const s=await e.subscribe(i=>{e===this.api&&(this.status=i)});e===this.api&&this.isConnected?this.#e=s:await s()}catch(s){this.wrong=$(s)}}async#o(){const t=this.#e;this.#e=void 0,await t?.().catch(()=>{})}render(){return r`<div class=${this.dark?"dark":"light"}>
      ${this.#h()}
      <main>${this.#c()}</main>
      <receipt-dialog></receipt-dialog>
    </div>`}#h(){return r`<header>
      ${this.narrow||this.menu?r`<button class="menu" aria-label="Sidebar" @click=${this.#d}>
              <svg viewBox="0 0 24 24" aria-hidden="true"><path d=${pt} /></svg>
            </button>`:u}
      <h1>IoT Blockchain</h1>
      ${(this.logs?.length??0)>1?r`<select aria-label="Log" @change=${this.#u}>
              ${this.logs.map(({title:t,entry_id:e})=>r`<option value=${e} ?selected=${e===this.api?.log.entry_id}>
                    ${t}
                  </option>`)}
            </select>`:u}
    </header>`}#c(){const{api:t,status:e}=this;if(this.wrong)return r`<p class="card wrong" role="alert">${this.wrong}</p>`;if(this.logs===void 0)return r`<p class="card quiet" role="status">Looking…</p>`;if(this.logs.length===0)return r`<p class="card">
        No log is loaded now. Look at the
        <a href="/config/integrations/integration/iot_blockchain">integration</a>.
      </p>`;if(t===void 0)return u;const s=e?`${e.last_anchored} ${e.anchor_status}`:"";return r`
      <log-state .api=${t} .status=${e}></log-state>
      <reading-search
        .api=${t}
        .mark=${`${s} ${(e?.recorded??0)>0}`}
        @receipt=${this.#i}
      ></reading-search>
      <anchor-list .api=${t} .mark=${s}></anchor-list>
    `}#d(){this.dispatchEvent(new CustomEvent("hass-toggle-menu",{bubbles:!0,composed:!0}))}#u(t){const e=t.target.value;this.#r(this.logs.find(({entry_id:s})=>s===e))}#i({name:t,receipt:e}){this.renderRoot.querySelector("receipt-dialog").show(t,e)}static styles=[K,O,M,N,T`
      :host {
        background: var(--page);
        min-height: 100%;
      }
      .dark {
        color-scheme: dark;
      }
      .light {
        color-scheme: light;
      }
      header {
        position: sticky;
        top: 0;
        z-index: 2;
        box-sizing: border-box;
        display: flex;
        align-items: center;
        gap: 0.5rem;
        min-height: var(--header-height, 56px);
        padding: 0 1rem;
        background: var(--app-header-background-color, var(--main));
        color: var(--app-header-text-color, var(--on-main));
        border-bottom: var(--app-header-border-bottom, none);
      }
      h1 {
        flex: 1;
        margin: 0;
        font-size: var(--ha-font-size-xl, 1.25rem);
        font-weight: 400;
      }
      header select {
        width: auto;
        max-width: 50%;
      }
      .menu {
        border: 0;
        background: none;
        color: inherit;
        min-width: 2.75rem;
        padding: 0;
        margin-inline-start: -0.5rem;
      }
      .menu svg {
        width: 24px;
        height: 24px;
        fill: currentColor;
        display: block;
        margin: auto;
      }
      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
        max-width: 66rem;
        margin: 0 auto;
        padding: 16px;
      }
      @media (max-width: 40rem) {
        main {
          padding: 8px;
          gap: 8px;
        }
      }
    `]}const y=36e5,C=[{name:"The last hour",length:y},{name:"The last 24 hours",length:24*y},{name:"The last 7 days",length:168*y},{name:"The last 30 days",length:720*y}];function gt(n,t){return{start:new Date(t-n).toISOString(),end:new Date(t).toISOString()}}function ft(n,t){const[e,s]=[Date.parse(n),Date.parse(t)];if(e<=s)return{start:new Date(e).toISOString(),end:new Date(s).toISOString()}}function wt(n){const t=new Date(n).getTimezoneOffset()*6e4;return new Date(n-t).toISOString().slice(0,16)}const W=8,bt=6,P=1500,$t=/^[0-9]{7,}$/,vt=/^[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;function yt(n,t){const e=new Map;for(const o of n){const l=lt(o);if(l===void 0)continue;const h=e.get(l.entity);h?h.push(l):e.set(l.entity,[l])}if(e.size===0)return;let[s,i]=[1/0,-1/0];for(const{time:o}of n)s=Math.min(s,q(o)),i=Math.max(i,q(o));const a=et(n,t).map(o=>({from:s,to:i,...o}));return{from:s,to:i,series:[...e.values()].slice(0,W).map(o=>kt(o,a,i)),others:Math.max(0,e.size-W),stops:a}}function kt(n,t,e){const s=n.map(d=>({...d,at:q(d.time)})).sort((d,f)=>d.at-f.at),i=s.filter(({state:d})=>V(d)===void 0),a=[...new Set(i.map(({state:d})=>d))],o=i.at(-1)?.unit,l=xt(a,i.length,o),h=l==="states"?a.sort():[],c=[[]],m=[];let v=-1/0;for(const[d,{at:f,state:I}]of s.entries()){const H=V(I);if(H!==void 0)m.push({from:f,to:s[d+1]?.at??e,why:H}),c.push([]);else{t.some(({to:z})=>v<z&&z<=f)&&c.push([]);const G=l==="numbers"?Number(I):h.indexOf(I);c.at(-1).push({at:f,value:G})}v=f}return{entity:n[0].entity,...o!==void 0&&{unit:o},kind:l,levels:h,lines:c.filter(d=>d.length).map(d=>St(d,s.length)),gaps:m,count:n.length}}function V(n){return n==="unavailable"||n==="unknown"?n:void 0}function xt(n,t,e){const s=n.every(a=>vt.test(a)&&Math.abs(Number(a))<1e15),i=e===void 0&&n.every(a=>$t.test(a));return s&&!i?"numbers":n.length<=bt&&n.length<t?"states":"events"}function St(n,t){const e=Math.ceil(4*t/P);if(t<=P)return n;const s=[];for(let i=0;i<n.length;i+=e){const a=n.slice(i,i+e),o=h=>a.reduce((c,m)=>h(m.value,c.value)?m:c),l=new Set([a[0],o((h,c)=>h<c),o((h,c)=>h>c),a.at(-1)]);s.push(...a.filter(h=>l.has(h)))}return s}function Et(n,t){const e=[...n.map(Mt),...t.map(Nt)];e.sort((i,a)=>i.index-a.index);const s=n.at(-1)?.index??1/0;return yt(e.filter(({index:i})=>i>=s),s)}function Ot(n){const t=n.flatMap(({anchored:e})=>e===null?[]:Date.parse(e));return[...new Set(t)].sort((e,s)=>e-s)}function Mt({index:n,time:t,entity:e,state:s,unit:i}){const a=new Map([["entity",e],["state",s]]);return i!==null&&a.set("unit",i),{index:n,type:"reading",time:t,members:a}}function Nt({index:n,time:t,act:e}){return{index:n,type:"act",time:t,members:new Map([["act",e]])}}const k=50,j=80,x="custom";class X extends Event{name;receipt;constructor(t,e){super("receipt",{bubbles:!0,composed:!0}),this.name=t,this.receipt=e}}class Tt extends E{static properties={api:{attribute:!1},mark:{attribute:!1},entities:{state:!0},entity:{state:!0},length:{state:!0},found:{state:!0},rows:{state:!0},busy:{state:!0},said:{state:!0},wrong:{state:!0}};#t={start:"",end:""};constructor(){super(),this.mark="",this.entity="",this.length=String(C[1].length),this.rows=k,this.busy=!1,this.said="",this.wrong=""}willUpdate(t){t.has("api")?(this.entities=void 0,this.found=void 0,this.#s()):t.has("mark")&&(this.entities?.length===0?this.#s():this.found&&!this.busy&&this.#l(this.found))}async#s(){const{api:t}=this;await this.#p("",async()=>{const e=await t.entities();t===this.api&&(this.entities=e,e.includes(this.entity)||(this.entity=e[0]??""),this.entity&&await this.#i())})}render(){return r`<section class="card" aria-labelledby="title">
      <h2 id="title">Readings</h2>
      ${this.entities?.length===0?r`<p class="quiet">Nothing is recorded yet. A source says what to record.</p>`:this.#e()}
      <p class=${this.wrong?"wrong":"quiet small"} role="status">${this.wrong||this.said}</p>
      ${this.found&&this.#o(this.found)}
    </section>`}#e(){return r`<form @submit=${this.#u}>
      <div>
        <label for="entity">Entity</label>
        <select
          id="entity"
          @change=${t=>this.entity=t.target.value}
        >
          ${(this.entities??[]).map(t=>r`<option value=${t} ?selected=${t===this.entity}>
                ${this.#r(t)}
              </option>`)}
        </select>
      </div>
      <div>
        <label for="length">Time</label>
        <select
          id="length"
          @change=${t=>this.length=t.target.value}
        >
          ${C.map(({name:t,length:e})=>r`<option value=${e} ?selected=${String(e)===this.length}>
                ${t}
              </option>`)}
          <option value=${x} ?selected=${this.length===x}>Between two times</option>
        </select>
      </div>
      ${this.length===x?[this.#n("start","From"),this.#n("end","To")]:u}
      <button class="main" ?disabled=${this.busy}>Show</button>
    </form>`}#n(t,e){return this.#t[t]||=wt(Date.now()-(t==="start"?C[1].length:0)),r`<div>
      <label for=${t}>${e}</label>
      <input
        id=${t}
        type="datetime-local"
        required
        .value=${this.#t[t]}
        @input=${s=>this.#t[t]=s.target.value}
      />
    </div>`}#r(t){const e=this.api.nameOf(t);return e===void 0?t:`${R(e,60)} (${t})`}#o(t){const{entity:e,period:s,readings:i,acts:a,more:o}=t;if(i.length===0)return r`<p class="quiet">The log holds no reading of ${e} from this time.</p>`;const l=Et(i,a),h=Ot(i);return r`
      ${l&&r`<readings-chart
          .timeline=${l}
          .anchored=${h.at(-1)}
          .earlier=${h.slice(0,-1)}
        ></readings-chart>`}
      <div class="row">
        <button ?disabled=${this.busy} @click=${()=>this.#c(e,s)}>
          Receipt of this time
        </button>
        <button ?disabled=${this.busy} @click=${()=>{this.#d(e,s)}}>
          Evidence as a file
        </button>
      </div>
      <p class="quiet small">
        They prove that nothing was left out. So they hold the readings of
        <strong>all</strong> entities that this log recorded in this time: give them only to those
        who may see these.
      </p>
      <div class="scrolled" tabindex="0" role="region" aria-label="List of readings">
        <table>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Reading</th>
              <th scope="col">Status</th>
              <th scope="col"><span class="hidden">Receipt</span></th>
            </tr>
          </thead>
          <tbody>
            ${i.slice(0,this.rows).map(c=>this.#h(c))}
          </tbody>
        </table>
      </div>
      ${i.length>this.rows||o?r`<div class="row">
              <button ?disabled=${this.busy} @click=${()=>{this.#m(t)}}>
                Show older ones
              </button>
              <span class="quiet small"
                >${L(Math.min(this.rows,i.length),"reading")} of
                ${o?"more than ":""}${i.length}</span
              >
            </div>`:u}
    `}#h(t){const{index:e,entity:s,time:i,signed:a,status:o,anchored:l}=t,h=Q(t),{title:c,means:m}=U[o],v=l===null?"":`, anchored ${b(Date.parse(l))}`;return r`<tr>
      <td>${b(Date.parse(i))}</td>
      <td class="state">
        <bdi>${R(h,j)}</bdi>
        ${a?r`<span class="quiet small">signed by its device</span>`:u}
      </td>
      <td><span class="chip ${o}" title=${m+v}>${c}</span></td>
      <td class="number">
        <button
          aria-label=${`Receipt of ${R(h,j)}, ${b(Date.parse(i))}`}
          @click=${()=>this.dispatchEvent(new X(`${s}-${e}`,()=>this.api.receipt({index:e})))}
        >
          Receipt
        </button>
      </td>
    </tr>`}#c(t,e){const s=`${t}-${e.start.slice(0,10)}`;this.dispatchEvent(new X(s,()=>this.api.receipt({entity_id:[t],...e})))}async#d(t,e){await this.#p("Writing the file…",async()=>{const{download:s,waiting:i}=await this.api.evidence(t,e),a=document.createElement("a");a.href=s,a.download="",a.click(),this.said=["The file is being downloaded. It explains itself: begin with README.txt.",...i?[Y(i)]:[]].join(" ")})}#u(t){t.preventDefault(),this.#p("",()=>this.#i())}async#i(){const{entity:t}=this,{start:e,end:s}=this.#t,i=this.length!==x,a=i?gt(Number(this.length),Date.now()):ft(e,s);if(a===void 0){this.wrong="The second time is before the first one. Swap the two.";return}this.rows=k,await this.#a(t,a,i)}async#a(t,e,s){const{api:i}=this,a=await i.readings(t,e);i===this.api&&(this.found={entity:t,period:e,live:s,...a})}async#l({entity:t,period:e,live:s}){if(this.rows>k)return;const i=s?new Date().toISOString():e.end;await this.#p("",()=>this.#a(t,{...e,end:i},s))}async#m(t){const{entity:e,period:s,readings:i,more:a}=t;this.rows+=k,!(i.length>=this.rows||!a)&&await this.#p("Looking…",async()=>{const o=await this.api.readings(e,s,i.at(-1).index);t===this.found&&(this.found={...t,readings:[...i,...o.readings],more:o.more},this.said="")})}async#p(t,e){this.busy=!0,this.wrong="",this.said=t;try{await e()}catch(s){this.wrong=$(s)}this.busy=!1}static styles=[O,M,N,T`
      form {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr));
        gap: 0.75rem 1rem;
        align-items: end;
        margin-bottom: 0.75rem;
      }
      form .main {
        justify-self: start;
      }
      readings-chart {
        margin-bottom: 0.75rem;
      }
      .row {
        margin: 0.5rem 0;
      }
      .state {
        overflow-wrap: anywhere;
        min-width: 6rem;
      }
      .state .small {
        display: block;
      }
      td:last-child {
        padding-inline-end: 0;
      }
    `]}D("log-state",ut);D("anchor-list",st);D("reading-search",Tt);D("iot-blockchain-panel",mt);
