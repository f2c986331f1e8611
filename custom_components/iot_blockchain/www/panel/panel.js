import{i as N,r as v,A as u,b as o,L as B,g as q,l as $,m as O,a as T,c as M,p as D,d as I,e as U,f as Y,h as X,t as Z,s as C,j as tt,k as et}from"./styles-cRzyyRGR.js";import{c as W,a as y,b as g,f as st,d as it,m as nt,e as z,s as at,n as R}from"./elements-Bkb0bN1W.js";class ot extends N{static properties={api:{attribute:!1},mark:{attribute:!1},anchors:{state:!0},more:{state:!0},wrong:{state:!0}};constructor(){super(),this.mark="",this.more=!1,this.wrong=""}willUpdate(t){t.has("api")&&(this.anchors=void 0),(t.has("api")||t.has("mark"))&&this.#t()}async#t(t){const{api:e}=this;try{const s=await e.anchors(t);if(e!==this.api)return;const i=t===void 0?[]:this.anchors??[];this.anchors=[...i,...s.anchors],this.more=s.more,this.wrong=""}catch(s){this.wrong=v(s)}}render(){const{anchors:t}=this;return W("Anchors",o`${this.wrong?y(this.wrong):u}
      ${t===void 0?u:t.length?this.#s(t):o`<p class="quiet">There are none yet: no block holds anything of this log.</p>`}
      ${this.more?o`<div class="row">
              ${g("Show older ones",{press:()=>{this.#t(this.anchors.at(-1).size)}})}
            </div>`:u}`)}#s(t){return o`<div class="scrolled" tabindex="0" role="region" aria-label="List of anchors">
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
    </div>`}#e(t){const{chain:e}=this.api.log,s=`${t.transaction.slice(0,10)}…${t.transaction.slice(-4)}`,i=e?.explorer,{title:a,means:r}=B[t.status];return o`<tr>
      <td class="number">${q(t.number)}</td>
      <td><span class="chip ${t.status}" title=${r}>${a}</span></td>
      <td>
        ${i?o`<a
                class="mono"
                href=${`${i}/tx/${t.transaction}`}
                target="_blank"
                rel="noopener noreferrer"
                title=${t.transaction}
                >${s}</a
              >`:o`<span class="mono" title=${t.transaction}>${s}</span>`}
      </td>
      <td class="time">${$(Date.parse(t.block_time))}</td>
      <td class="number">${q(t.size-t.first)}</td>
      <td class="number cost">${O(t.cost,e?.currency??"")}</td>
    </tr>`}static styles=[T,M,D,I`
      .time,
      .cost,
      .mono {
        white-space: nowrap;
      }
      td:last-child,
      th:last-child {
        padding-inline-end: 0;
      }
      .row {
        margin-top: 0.75rem;
      }
    `]}const rt=Symbol("a number that is not an integer in range");class p extends Error{}const ht=1024,b=/[ \t\n\r]*/y,ct=/-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y,lt=new Map([["true",!0],["false",!1],["null",null]]);function Q(n){return n instanceof Map}function dt(n,t=1/0){return new ut(n,t).document()}class ut{#t;#s;#e=0;constructor(t,e){this.#t=t,this.#s=e}document(){const t=this.#n(0);if(this.#e<this.#t.length)throw new p("more follows after its end");return t}#n(t){if(--this.#s<0)throw new p("it holds too many small values");if(t>ht)throw new p("it is nested too deeply");this.#a(b);const e=this.#o(t);return this.#a(b),e}#o(t){switch(this.#t[this.#e]){case void 0:throw new p("it ends too early");case"{":return this.#r(t+1);case"[":return this.#h(t+1);case'"':return this.#l();default:return this.#u()}}#r(t){const e=new Map;if(this.#e++,this.#a(b),this.#i("}"))return e;do{if(this.#a(b),this.#t[this.#e]!=='"')throw this.#c();const s=this.#l();if(e.has(s))throw new p("a member stands there twice");if(this.#a(b),!this.#i(":"))throw this.#c();e.set(s,this.#n(t))}while(this.#i(","));if(!this.#i("}"))throw this.#c();return e}#h(t){const e=[];if(this.#e++,this.#a(b),this.#i("]"))return e;do e.push(this.#n(t));while(this.#i(","));if(!this.#i("]"))throw this.#c();return e}#l(){const t=this.#e;this.#e=this.#d(t+1)+1;let e;try{e=JSON.parse(this.#t.slice(t,this.#e))}catch{throw new p(`the text at character ${t+1} is not written as JSON`)}if(!e.isWellFormed())throw new p("a text in it is not Unicode");return e}#d(t){for(let e=t;;e++){if(e=this.#t.indexOf('"',e),e<0)throw new p("it ends too early");let s=e;for(;s>t&&this.#t[s-1]==="\\";)s--;if((e-s)%2===0)return e}}#u(){for(const[s,i]of lt)if(this.#t.startsWith(s,this.#e))return this.#e+=s.length,i;const t=this.#a(ct);if(t==="")throw this.#c();const e=Number(t)+0;return/^-?[0-9]+$/.test(t)&&Number.isSafeInteger(e)?e:rt}#i(t){return this.#t[this.#e]!==t?!1:(this.#e++,!0)}#a(t){t.lastIndex=this.#e;const e=t.exec(this.#t)?.[0]??"";return this.#e+=e.length,e}#c(){const t=this.#e>=this.#t.length;return new p(t?"it ends too early":`at character ${this.#e+1} it breaks off`)}}function A(n,t){return n.get(t)}function pt(n){if(n.type==="act")return;const t=A(n.members,"entity"),e=n.type==="signed_reading",s=e?mt(A(n.members,"jws")):n.members,i=s.get("unit"),a=n.members.get("attributes");return{entity:t,state:A(s,e?"value":"state"),...typeof i=="string"&&{unit:i},time:n.time,...Q(a)&&{attributes:a},signed:e}}function mt(n){const t=dt(st(it(n.split(".")[1])));if(!Q(t))throw new TypeError("only of an entry that was verified");return t}const ft=3e4;class gt extends N{static properties={api:{attribute:!1},status:{attribute:!1},asking:{state:!0},said:{state:!0},now:{state:!0}};#t;constructor(){super(),this.asking=!1,this.said="",this.now=Date.now()}connectedCallback(){super.connectedCallback(),this.#t=setInterval(()=>this.now=Date.now(),ft)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.#t)}render(){const{status:t}=this;return W(this.api.log.title,t===void 0?o`<p class="quiet">Looking…</p>`:this.#s(t))}#s(t){const{chain:e}=this.api.log;return o`
      ${t.problem===null?u:y(o`Nothing is anchored for now; all is recorded. The
                <a href="/config/repairs">repairs</a> of Home Assistant say what to do.`,"warning")}
      <dl>
        ${f("Recorded",U(t.recorded,"reading"))}
        ${f("Waiting",U(t.waiting,"reading"))}
        ${f("Last anchor",this.#n(t))} ${f("Next anchor",this.#o(t))}
        ${e===null?u:this.#e(t,e.currency)}
        ${f("Network",e===null?"None chosen yet: nothing is anchored.":`${e.name}${e.testnet?", a test network":""}`)}
      </dl>
      <div class="row">
        ${e===null?u:g("Anchor now",{main:!0,disabled:this.asking,press:()=>{this.#h()}})}
        <span role="status" class="quiet small">${this.said}</span>
      </div>
    `}#e(t,e){const s=t.anchors_left,i=t.balance===null?"Not known now":O(t.balance,e);return o`
      ${f("Balance",i,s===null?void 0:`enough for ${q(s)} ${s===1?"anchor":"anchors"}`)}
      ${f("Cost",t.spent_today===null?"–":`${O(t.spent_today,e)} in 24 hours`,t.last_cost===null?void 0:`the last transaction ${O(t.last_cost,e)}`)}
    `}#n({last_anchored:t,anchor_status:e}){if(t===null)return"None yet";const s=e==="confirmed"||e==="final";return o`${this.#r(t)}
    ${s?o`<span class="chip ${e}">${B[e].title}</span>`:u}`}#o({next:t,waiting:e,anchor_status:s}){return s==="submitted"?"On its way":this.api.log.chain===null?"–":t===null?e?"–":"When there are new readings":Date.parse(t)<=this.now?"Due now":this.#r(t)??"–"}#r(t){if(t===null)return;const e=Date.parse(t);return o`<span title=${$(e)}>${Y(e,this.now)}</span>`}async#h(){this.asking=!0,this.said="Asking…";try{await this.api.anchorNow(),this.said="An anchor is due now. It takes from seconds to minutes."}catch(t){this.said=v(t)}this.asking=!1}static styles=[T,M,D,I`
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
    `]}function f(n,t,e){return o`<div>
    <dt>${n}</dt>
    <dd>
      ${t}${e===void 0?u:o`<span class="quiet small">${e}</span>`}
    </dd>
  </div>`}class wt extends N{static properties={logs:{state:!0},api:{state:!0},status:{state:!0},wrong:{state:!0},dark:{state:!0}};#t;#s="";#e;constructor(){super(),this.wrong="",this.dark=!1}set hass(t){const e=t.config?.state==="RUNNING"&&this.#s!=="RUNNING";this.#s=t.config?.state??"",this.#t=t,this.dark=t.themes?.darkMode??!1,e&&this.#n(t)}connectedCallback(){super.connectedCallback(),this.api&&this.#t&&this.#o(this.api.log)}disconnectedCallback(){super.disconnectedCallback(),this.#r()}async#n(t){try{this.logs=await X.logs(t);const e=this.api?.log.entry_id,s=this.logs.find(({entry_id:i})=>i===e)??this.logs[0];this.wrong="",s&&await this.#o(s)}catch(e){this.wrong=v(e)}}async#o(t){await this.#r();const e=new X(()=>this.#t,t);this.api=e,this.status=void 0;try{const s=await e.subscribe(i=>{e===this.api&&(this.status=i)});e===this.api&&this.isConnected?this.#e=s:await s()}catch(s){this.wrong=v(s)}}async#r(){const t=this.#e;this.#e=void 0,await t?.().catch(()=>{})}render(){return o`<div class=${this.dark?"dark":"light"}>
      ${this.#h()}
      <main>${this.#l()}</main>
      <iot-blockchain-receipt-dialog></iot-blockchain-receipt-dialog>
    </div>`}#h(){return o`<header>
      ${nt(()=>this.#d())}
      <h1>IoT Blockchain</h1>
      ${(this.logs?.length??0)>1?o`<select aria-label="Log" @change=${this.#u}>
              ${this.logs.map(({title:t,entry_id:e})=>o`<option value=${e} ?selected=${e===this.api?.log.entry_id}>
                    ${t}
                  </option>`)}
            </select>`:u}
    </header>`}#l(){const{api:t,status:e}=this;if(this.wrong)return y(this.wrong);if(this.logs===void 0)return o`<p class="quiet" role="status">Looking…</p>`;if(this.logs.length===0)return y(o`No log is loaded now. Look at the
          <a href="/config/integrations/integration/iot_blockchain">integration</a>.`,"warning");if(t===void 0)return u;const s=e?`${e.last_anchored} ${e.anchor_status}`:"";return o`
      <iot-blockchain-log-state .api=${t} .status=${e}></iot-blockchain-log-state>
      <iot-blockchain-reading-search
        .api=${t}
        .mark=${`${s} ${(e?.recorded??0)>0}`}
        @receipt=${this.#i}
      ></iot-blockchain-reading-search>
      <iot-blockchain-anchor-list .api=${t} .mark=${s}></iot-blockchain-anchor-list>
    `}#d(){this.dispatchEvent(new CustomEvent("hass-toggle-menu",{bubbles:!0,composed:!0}))}#u(t){const e=t.target.value;this.#o(this.logs.find(({entry_id:s})=>s===e))}#i({name:t,receipt:e}){this.renderRoot.querySelector("iot-blockchain-receipt-dialog").show(t,e)}static styles=[Z,T,M,D,I`
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
      ha-menu-button {
        margin-inline-start: -0.5rem;
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
    `]}const x=36e5,L=[{name:"The last hour",length:x},{name:"The last 24 hours",length:24*x},{name:"The last 7 days",length:168*x},{name:"The last 30 days",length:720*x}];function bt(n,t){return{start:new Date(t-n).toISOString(),end:new Date(t).toISOString()}}function $t(n,t){const[e,s]=[Date.parse(n),Date.parse(t)];if(e<=s)return{start:new Date(e).toISOString(),end:new Date(s).toISOString()}}function vt(n){const t=new Date(n).getTimezoneOffset()*6e4;return new Date(n-t).toISOString().slice(0,16)}const j=8,yt=6,F=1500,kt=/^[0-9]{7,}$/,xt=/^[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;function St(n,t){const e=new Map;for(const r of n){const c=pt(r);if(c===void 0)continue;const h=e.get(c.entity);h?h.push(c):e.set(c.entity,[c])}if(e.size===0)return;let[s,i]=[1/0,-1/0];for(const{time:r}of n)s=Math.min(s,z(r)),i=Math.max(i,z(r));const a=at(n,t).map(r=>({from:s,to:i,...r}));return{from:s,to:i,series:[...e.values()].slice(0,j).map(r=>Et(r,a,i)),others:Math.max(0,e.size-j),stops:a}}function Et(n,t,e){const s=n.map(d=>({...d,at:z(d.time)})).sort((d,w)=>d.at-w.at),i=s.filter(({state:d})=>G(d)===void 0),a=[...new Set(i.map(({state:d})=>d))],r=i.at(-1)?.unit,c=Ot(a,i.length,r),h=c==="states"?a.sort():[],l=[[]],m=[];let k=-1/0;for(const[d,{at:w,state:_}]of s.entries()){const P=G(_);if(P!==void 0)m.push({from:w,to:s[d+1]?.at??e,why:P}),l.push([]);else{t.some(({to:H})=>k<H&&H<=w)&&l.push([]);const V=c==="numbers"?Number(_):h.indexOf(_);l.at(-1).push({at:w,value:V})}k=w}return{entity:n[0].entity,...r!==void 0&&{unit:r},kind:c,levels:h,lines:l.filter(d=>d.length).map(d=>Nt(d,s.length)),gaps:m,count:n.length}}function G(n){return n==="unavailable"||n==="unknown"?n:void 0}function Ot(n,t,e){const s=n.every(a=>xt.test(a)&&Math.abs(Number(a))<1e15),i=e===void 0&&n.every(a=>kt.test(a));return s&&!i?"numbers":n.length<=yt&&n.length<t?"states":"events"}function Nt(n,t){const e=Math.ceil(4*t/F);if(t<=F)return n;const s=[];for(let i=0;i<n.length;i+=e){const a=n.slice(i,i+e),r=h=>a.reduce((l,m)=>h(m.value,l.value)?m:l),c=new Set([a[0],r((h,l)=>h<l),r((h,l)=>h>l),a.at(-1)]);s.push(...a.filter(h=>c.has(h)))}return s}function Tt(n,t){const e=[...n.map(Dt),...t.map(It)];e.sort((i,a)=>i.index-a.index);const s=n.at(-1)?.index??1/0;return St(e.filter(({index:i})=>i>=s),s)}function Mt(n){const t=n.flatMap(({anchored:e})=>e===null?[]:Date.parse(e));return[...new Set(t)].sort((e,s)=>e-s)}function Dt({index:n,time:t,entity:e,state:s,unit:i}){const a=new Map([["entity",e],["state",s]]);return i!==null&&a.set("unit",i),{index:n,type:"reading",time:t,members:a}}function It({index:n,time:t,act:e}){return{index:n,type:"act",time:t,members:new Map([["act",e]])}}const S=50,J=80,E="custom";class K extends Event{name;receipt;constructor(t,e){super("receipt",{bubbles:!0,composed:!0}),this.name=t,this.receipt=e}}class Rt extends N{static properties={api:{attribute:!1},mark:{attribute:!1},entities:{state:!0},entity:{state:!0},length:{state:!0},found:{state:!0},rows:{state:!0},busy:{state:!0},said:{state:!0},wrong:{state:!0}};#t={start:"",end:""};constructor(){super(),this.mark="",this.entity="",this.length=String(L[1].length),this.rows=S,this.busy=!1,this.said="",this.wrong=""}willUpdate(t){t.has("api")?(this.entities=void 0,this.found=void 0,this.#s()):t.has("mark")&&(this.entities?.length===0?this.#s():this.found&&!this.busy&&this.#c(this.found))}async#s(){const{api:t}=this;await this.#p("",async()=>{const e=await t.entities();t===this.api&&(this.entities=e,e.includes(this.entity)||(this.entity=e[0]??""),this.entity&&await this.#i())})}render(){return W("Readings",o`${this.entities?.length===0?o`<p class="quiet">Nothing is recorded yet. A source says what to record.</p>`:this.#e()}
        ${this.wrong?y(this.wrong):u}
        <p class="quiet small" role="status">${this.said}</p>
        ${this.found&&this.#r(this.found)}`)}#e(){return o`<form @submit=${this.#u}>
      <div>
        <label for="entity">Entity</label>
        <select
          id="entity"
          @change=${t=>this.entity=t.target.value}
        >
          ${(this.entities??[]).map(t=>o`<option value=${t} ?selected=${t===this.entity}>
                ${this.#o(t)}
              </option>`)}
        </select>
      </div>
      <div>
        <label for="length">Time</label>
        <select
          id="length"
          @change=${t=>this.length=t.target.value}
        >
          ${L.map(({name:t,length:e})=>o`<option value=${e} ?selected=${String(e)===this.length}>
                ${t}
              </option>`)}
          <option value=${E} ?selected=${this.length===E}>Between two times</option>
        </select>
      </div>
      ${this.length===E?[this.#n("start","From"),this.#n("end","To")]:u}
      <div>${g("Show",{main:!0,disabled:this.busy})}</div>
    </form>`}#n(t,e){return this.#t[t]||=vt(Date.now()-(t==="start"?L[1].length:0)),o`<div>
      <label for=${t}>${e}</label>
      <input
        id=${t}
        type="datetime-local"
        required
        .value=${this.#t[t]}
        @input=${s=>this.#t[t]=s.target.value}
      />
    </div>`}#o(t){const e=this.api.nameOf(t);return e===void 0?t:`${C(e,60)} (${t})`}#r(t){const{entity:e,period:s,readings:i,acts:a,more:r}=t;if(i.length===0)return o`<p class="quiet">The log holds no reading of ${e} from this time.</p>`;const c=Tt(i,a),h=Mt(i);return o`
      ${c&&o`<iot-blockchain-readings-chart
          .timeline=${c}
          .anchored=${h.at(-1)}
          .earlier=${h.slice(0,-1)}
        ></iot-blockchain-readings-chart>`}
      <div class="row">
        ${g("Receipt of this time",{disabled:this.busy,press:()=>this.#l(e,s)})}
        ${g("Evidence as a file",{disabled:this.busy,press:()=>{this.#d(e,s)}})}
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
            ${i.slice(0,this.rows).map(l=>this.#h(l))}
          </tbody>
        </table>
      </div>
      ${i.length>this.rows||r?o`<div class="row">
              ${g("Show older ones",{disabled:this.busy,press:()=>{this.#m(t)}})}
              <span class="quiet small"
                >${U(Math.min(this.rows,i.length),"reading")} of
                ${r?"more than ":""}${i.length}</span
              >
            </div>`:u}
    `}#h(t){const{index:e,entity:s,time:i,signed:a,status:r,anchored:c}=t,h=tt(t),{title:l,means:m}=B[r],k=c===null?"":`, anchored ${$(Date.parse(c))}`;return o`<tr>
      <td>${$(Date.parse(i))}</td>
      <td class="state">
        <bdi>${C(h,J)}</bdi>
        ${a?o`<span class="quiet small">signed by its device</span>`:u}
      </td>
      <td><span class="chip ${r}" title=${m+k}>${l}</span></td>
      <td class="number">
        ${g(o`Receipt<span class="hidden">
              of ${C(h,J)}, ${$(Date.parse(i))}</span
            >`,{small:!0,press:()=>this.dispatchEvent(new K(`${s}-${e}`,()=>this.api.receipt({index:e})))})}
      </td>
    </tr>`}#l(t,e){const s=`${t}-${e.start.slice(0,10)}`;this.dispatchEvent(new K(s,()=>this.api.receipt({entity_id:[t],...e})))}async#d(t,e){await this.#p("Writing the file…",async()=>{const{download:s,waiting:i}=await this.api.evidence(t,e),a=document.createElement("a");a.href=s,a.download="",a.click(),this.said=["The file is being downloaded. It explains itself: begin with README.txt.",...i?[et(i)]:[]].join(" ")})}#u(t){t.preventDefault(),this.#p("",()=>this.#i())}async#i(){const{entity:t}=this,{start:e,end:s}=this.#t,i=this.length!==E,a=i?bt(Number(this.length),Date.now()):$t(e,s);if(a===void 0){this.wrong="The second time is before the first one. Swap the two.";return}this.rows=S,await this.#a(t,a,i)}async#a(t,e,s){const{api:i}=this,a=await i.readings(t,e);i===this.api&&(this.found={entity:t,period:e,live:s,...a})}async#c({entity:t,period:e,live:s}){if(this.rows>S)return;const i=s?new Date().toISOString():e.end;await this.#p("",()=>this.#a(t,{...e,end:i},s))}async#m(t){const{entity:e,period:s,readings:i,more:a}=t;this.rows+=S,!(i.length>=this.rows||!a)&&await this.#p("Looking…",async()=>{const r=await this.api.readings(e,s,i.at(-1).index);t===this.found&&(this.found={...t,readings:[...i,...r.readings],more:r.more},this.said="")})}async#p(t,e){this.busy=!0,this.wrong="",this.said=t;try{await e()}catch(s){this.wrong=v(s)}this.busy=!1}static styles=[T,M,D,I`
      form {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr));
        gap: 0.75rem 1rem;
        align-items: end;
        margin-bottom: 0.75rem;
      }
      iot-blockchain-readings-chart {
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
    `]}R("iot-blockchain-log-state",gt);R("iot-blockchain-anchor-list",ot);R("iot-blockchain-reading-search",Rt);R("iot-blockchain-panel",wt);
