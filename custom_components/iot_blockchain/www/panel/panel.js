import{i as w,r as p,A as r,b as a,L as C,g as N,l as u,m as b,d as $,f as v,p as y,e as k,h as E,j as q,c as O,t as A,s as T,a as L,k as H}from"./styles-CX6fOBNS.js";import{t as z,n as x}from"./elements-pD6w6-jn.js";class U extends w{static properties={api:{attribute:!1},mark:{attribute:!1},anchors:{state:!0},more:{state:!0},wrong:{state:!0}};constructor(){super(),this.mark="",this.more=!1,this.wrong=""}willUpdate(t){t.has("api")&&(this.anchors=void 0),(t.has("api")||t.has("mark"))&&this.#t()}async#t(t){const{api:e}=this;try{const s=await e.anchors(t);if(e!==this.api)return;const i=t===void 0?[]:this.anchors??[];this.anchors=[...i,...s.anchors],this.more=s.more,this.wrong=""}catch(s){this.wrong=p(s)}}render(){const{anchors:t}=this;return a`<section class="card" aria-labelledby="title" aria-busy=${t===void 0}>
      <h2 id="title">Anchors</h2>
      <p class="wrong" role="status">${this.wrong}</p>
      ${t===void 0?r:t.length?this.#e(t):a`<p class="quiet">There are none yet: no block holds anything of this log.</p>`}
      ${this.more?a`<button @click=${()=>{this.#t(this.anchors.at(-1).size)}}>
              Show older ones
            </button>`:r}
    </section>`}#e(t){return a`<div class="scrolled" tabindex="0" role="region" aria-label="List of anchors">
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
          ${t.map(e=>this.#s(e))}
        </tbody>
      </table>
    </div>`}#s(t){const{chain:e}=this.api.log,s=`${t.transaction.slice(0,10)}…${t.transaction.slice(-4)}`,i=e?.explorer,{title:o,means:l}=C[t.status];return a`<tr>
      <td class="number">${N(t.number)}</td>
      <td><span class="chip ${t.status}" title=${l}>${o}</span></td>
      <td>
        ${i?a`<a
                class="mono"
                href=${`${i}/tx/${t.transaction}`}
                target="_blank"
                rel="noopener noreferrer"
                title=${t.transaction}
                >${s}</a
              >`:a`<span class="mono" title=${t.transaction}>${s}</span>`}
      </td>
      <td class="time">${u(Date.parse(t.block_time))}</td>
      <td class="number">${N(t.size-t.first)}</td>
      <td class="number cost">${b(t.cost,e?.currency??"")}</td>
    </tr>`}static styles=[$,v,y,k`
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
    `]}const B=3e4;class V extends w{static properties={api:{attribute:!1},status:{attribute:!1},asking:{state:!0},said:{state:!0},now:{state:!0}};#t;constructor(){super(),this.asking=!1,this.said="",this.now=Date.now()}connectedCallback(){super.connectedCallback(),this.#t=setInterval(()=>this.now=Date.now(),B)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.#t)}render(){const{status:t}=this;return a`<section class="card" aria-labelledby="title" aria-busy=${t===void 0}>
      <h2 id="title">${this.api.log.title}</h2>
      ${t===void 0?a`<p class="quiet">Looking…</p>`:this.#e(t)}
    </section>`}#e(t){const{chain:e}=this.api.log;return a`
      ${t.problem===null?r:a`<p class="wrong" role="status">
              Nothing is anchored for now; all is recorded. The
              <a href="/config/repairs">repairs</a> of Home Assistant say what to do.
            </p>`}
      <dl>
        ${h("Recorded",E(t.recorded,"reading"))}
        ${h("Waiting",E(t.waiting,"reading"))}
        ${h("Last anchor",this.#n(t))} ${h("Next anchor",this.#i(t))}
        ${e===null?r:this.#s(t,e.currency)}
        ${h("Network",e===null?"None chosen yet: nothing is anchored.":`${e.name}${e.testnet?", a test network":""}`)}
      </dl>
      <div class="row">
        ${e===null?r:a`<button class="main" ?disabled=${this.asking} @click=${this.#o}>
                Anchor now
              </button>`}
        <span role="status" class="quiet small">${this.said}</span>
      </div>
    `}#s(t,e){const s=t.anchors_left,i=t.balance===null?"Not known now":b(t.balance,e);return a`
      ${h("Balance",i,s===null?void 0:`enough for ${N(s)} ${s===1?"anchor":"anchors"}`)}
      ${h("Cost",t.spent_today===null?"–":`${b(t.spent_today,e)} in 24 hours`,t.last_cost===null?void 0:`the last transaction ${b(t.last_cost,e)}`)}
    `}#n({last_anchored:t,anchor_status:e}){if(t===null)return"None yet";const s=e==="confirmed"||e==="final";return a`${this.#a(t)}
    ${s?a`<span class="chip ${e}">${C[e].title}</span>`:r}`}#i({next:t,waiting:e,anchor_status:s}){return s==="submitted"?"On its way":this.api.log.chain===null?"–":t===null?e?"–":"When there are new readings":Date.parse(t)<=this.now?"Due now":this.#a(t)??"–"}#a(t){if(t===null)return;const e=Date.parse(t);return a`<span title=${u(e)}>${q(e,this.now)}</span>`}async#o(){this.asking=!0,this.said="Asking…";try{await this.api.anchorNow(),this.said="An anchor is due now. It takes from seconds to minutes."}catch(t){this.said=p(t)}this.asking=!1}static styles=[$,v,y,k`
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
    `]}function h(n,t,e){return a`<div>
    <dt>${n}</dt>
    <dd>
      ${t}${e===void 0?r:a`<span class="quiet small">${e}</span>`}
    </dd>
  </div>`}const W="M3,6H21V8H3V6M3,11H21V13H3V11M3,16H21V18H3V16Z";class j extends w{static properties={narrow:{type:Boolean},logs:{state:!0},api:{state:!0},status:{state:!0},wrong:{state:!0},dark:{state:!0},menu:{state:!0}};#t;#e="";#s;constructor(){super(),this.narrow=!1,this.wrong="",this.dark=!1,this.menu=!1}set hass(t){const e=t.config?.state==="RUNNING"&&this.#e!=="RUNNING";this.#e=t.config?.state??"",this.#t=t,this.dark=t.themes?.darkMode??!1,this.menu=t.dockedSidebar==="always_hidden",e&&this.#n(t)}connectedCallback(){super.connectedCallback(),this.api&&this.#t&&this.#i(this.api.log)}disconnectedCallback(){super.disconnectedCallback(),this.#a()}async#n(t){try{this.logs=await O.logs(t);const e=this.api?.log.entry_id,s=this.logs.find(({entry_id:i})=>i===e)??this.logs[0];this.wrong="",s&&await this.#i(s)}catch(e){this.wrong=p(e)}}async#i(t){await this.#a();const e=new O(()=>this.#t,t);this.api=e,this.status=void 0;try{const s=await e.subscribe(i=>{e===this.api&&(this.status=i)});e===this.api&&this.isConnected?this.#s=s:await s()}catch(s){this.wrong=p(s)}}async#a(){const t=this.#s;this.#s=void 0,await t?.().catch(()=>{})}render(){return a`<div class=${this.dark?"dark":"light"}>
      ${this.#o()}
      <main>${this.#h()}</main>
      <receipt-dialog></receipt-dialog>
    </div>`}#o(){return a`<header>
      ${this.narrow||this.menu?a`<button class="menu" aria-label="Sidebar" @click=${this.#c}>
              <svg viewBox="0 0 24 24" aria-hidden="true"><path d=${W} /></svg>
            </button>`:r}
      <h1>IoT Blockchain</h1>
      ${(this.logs?.length??0)>1?a`<select aria-label="Log" @change=${this.#d}>
              ${this.logs.map(({title:t,entry_id:e})=>a`<option value=${e} ?selected=${e===this.api?.log.entry_id}>
                    ${t}
                  </option>`)}
            </select>`:r}
    </header>`}#h(){const{api:t,status:e}=this;if(this.wrong)return a`<p class="card wrong" role="alert">${this.wrong}</p>`;if(this.logs===void 0)return a`<p class="card quiet" role="status">Looking…</p>`;if(this.logs.length===0)return a`<p class="card">
        No log is loaded now. Look at the
        <a href="/config/integrations/integration/iot_blockchain">integration</a>.
      </p>`;if(t===void 0)return r;const s=e?`${e.last_anchored} ${e.anchor_status}`:"";return a`
      <log-state .api=${t} .status=${e}></log-state>
      <reading-search
        .api=${t}
        .mark=${`${s} ${(e?.recorded??0)>0}`}
        @receipt=${this.#l}
      ></reading-search>
      <anchor-list .api=${t} .mark=${s}></anchor-list>
    `}#c(){this.dispatchEvent(new CustomEvent("hass-toggle-menu",{bubbles:!0,composed:!0}))}#d(t){const e=t.target.value;this.#i(this.logs.find(({entry_id:s})=>s===e))}#l({name:t,receipt:e}){this.renderRoot.querySelector("receipt-dialog").show(t,e)}static styles=[A,$,v,y,k`
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
    `]}const g=36e5,D=[{name:"The last hour",length:g},{name:"The last 24 hours",length:24*g},{name:"The last 7 days",length:168*g},{name:"The last 30 days",length:720*g}];function G(n,t){return{start:new Date(t-n).toISOString(),end:new Date(t).toISOString()}}function P(n,t){const[e,s]=[Date.parse(n),Date.parse(t)];if(e<=s)return{start:new Date(e).toISOString(),end:new Date(s).toISOString()}}function F(n){const t=new Date(n).getTimezoneOffset()*6e4;return new Date(n-t).toISOString().slice(0,16)}function X(n,t){const e=[...n.map(Y),...t.map(Z)];e.sort((i,o)=>i.index-o.index);const s=n.at(-1)?.index??1/0;return z(e.filter(({index:i})=>i>=s))}function K(n){const t=n.flatMap(({anchored:e})=>e===null?[]:Date.parse(e));return[...new Set(t)].sort((e,s)=>e-s)}function Y({index:n,time:t,entity:e,state:s,unit:i}){const o=new Map([["entity",e],["state",s]]);return i!==null&&o.set("unit",i),{index:n,type:"reading",time:t,members:o}}function Z({index:n,time:t,act:e}){return{index:n,type:"act",time:t,members:new Map([["act",e]])}}const m=50,R=80,J=30,f="custom";class _ extends Event{name;receipt;constructor(t,e){super("receipt",{bubbles:!0,composed:!0}),this.name=t,this.receipt=e}}class Q extends w{static properties={api:{attribute:!1},mark:{attribute:!1},entities:{state:!0},entity:{state:!0},length:{state:!0},found:{state:!0},rows:{state:!0},busy:{state:!0},said:{state:!0},wrong:{state:!0}};#t={start:"",end:""};constructor(){super(),this.mark="",this.entity="",this.length=String(D[1].length),this.rows=m,this.busy=!1,this.said="",this.wrong=""}willUpdate(t){t.has("api")?(this.entities=void 0,this.found=void 0,this.#e()):t.has("mark")&&(this.entities?.length===0?this.#e():this.found&&!this.busy&&this.#p(this.found))}async#e(){const{api:t}=this;await this.#r("",async()=>{const e=await t.entities();t===this.api&&(this.entities=e,e.includes(this.entity)||(this.entity=e[0]??""),this.entity&&await this.#l())})}render(){return a`<section class="card" aria-labelledby="title">
      <h2 id="title">Readings</h2>
      ${this.entities?.length===0?a`<p class="quiet">Nothing is recorded yet. A source says what to record.</p>`:this.#s()}
      <p class=${this.wrong?"wrong":"quiet small"} role="status">${this.wrong||this.said}</p>
      ${this.found&&this.#a(this.found)}
    </section>`}#s(){return a`<form @submit=${this.#d}>
      <div>
        <label for="entity">Entity</label>
        <select
          id="entity"
          @change=${t=>this.entity=t.target.value}
        >
          ${(this.entities??[]).map(t=>a`<option value=${t} ?selected=${t===this.entity}>
                ${this.#i(t)}
              </option>`)}
        </select>
      </div>
      <div>
        <label for="length">Time</label>
        <select
          id="length"
          @change=${t=>this.length=t.target.value}
        >
          ${D.map(({name:t,length:e})=>a`<option value=${e} ?selected=${String(e)===this.length}>
                ${t}
              </option>`)}
          <option value=${f} ?selected=${this.length===f}>Between two times</option>
        </select>
      </div>
      ${this.length===f?[this.#n("start","From"),this.#n("end","To")]:r}
      <button class="main" ?disabled=${this.busy}>Show</button>
    </form>`}#n(t,e){return this.#t[t]||=F(Date.now()-(t==="start"?D[1].length:0)),a`<div>
      <label for=${t}>${e}</label>
      <input
        id=${t}
        type="datetime-local"
        required
        .value=${this.#t[t]}
        @input=${s=>this.#t[t]=s.target.value}
      />
    </div>`}#i(t){const e=this.api.nameOf(t);return e===void 0?t:`${T(e,60)} (${t})`}#a(t){const{entity:e,period:s,readings:i,acts:o,more:l}=t;if(i.length===0)return a`<p class="quiet">The log holds no reading of ${e} from this time.</p>`;const d=X(i,o),c=K(i);return a`
      ${d&&a`<readings-chart
          .timeline=${d}
          .anchored=${c.at(-1)}
          .earlier=${c.length<=J?c.slice(0,-1):[]}
        ></readings-chart>`}
      <div class="row">
        <button ?disabled=${this.busy} @click=${()=>this.#h(e,s)}>
          Receipt of this time
        </button>
        <button ?disabled=${this.busy} @click=${()=>{this.#c(e,s)}}>
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
            ${i.slice(0,this.rows).map(S=>this.#o(S))}
          </tbody>
        </table>
      </div>
      ${i.length>this.rows||l?a`<div class="row">
              <button ?disabled=${this.busy} @click=${()=>{this.#g(t)}}>
                Show older ones
              </button>
              <span class="quiet small"
                >${E(Math.min(this.rows,i.length),"reading")} of
                ${l?"more than ":""}${i.length}</span
              >
            </div>`:r}
    `}#o(t){const{index:e,entity:s,time:i,signed:o,status:l,anchored:d}=t,c=L(t),{title:S,means:I}=C[l],M=d===null?"":`, anchored ${u(Date.parse(d))}`;return a`<tr>
      <td>${u(Date.parse(i))}</td>
      <td class="state">
        <bdi>${T(c,R)}</bdi>
        ${o?a`<span class="quiet small">signed by its device</span>`:r}
      </td>
      <td><span class="chip ${l}" title=${I+M}>${S}</span></td>
      <td class="number">
        <button
          aria-label=${`Receipt of ${T(c,R)}, ${u(Date.parse(i))}`}
          @click=${()=>this.dispatchEvent(new _(`${s}-${e}`,()=>this.api.receipt({index:e})))}
        >
          Receipt
        </button>
      </td>
    </tr>`}#h(t,e){const s=`${t}-${e.start.slice(0,10)}`;this.dispatchEvent(new _(s,()=>this.api.receipt({entity_id:[t],...e})))}async#c(t,e){await this.#r("Writing the file…",async()=>{const{download:s,waiting:i}=await this.api.evidence(t,e),o=document.createElement("a");o.href=s,o.download="",o.click(),this.said=["The file is being downloaded. It explains itself: begin with README.txt.",...i?[H(i)]:[]].join(" ")})}#d(t){t.preventDefault(),this.#r("",()=>this.#l())}async#l(){const{entity:t}=this,{start:e,end:s}=this.#t,i=this.length!==f,o=i?G(Number(this.length),Date.now()):P(e,s);if(o===void 0){this.wrong="The second time is before the first one. Swap the two.";return}this.rows=m,await this.#u(t,o,i)}async#u(t,e,s){const{api:i}=this,o=await i.readings(t,e);i===this.api&&(this.found={entity:t,period:e,live:s,...o})}async#p({entity:t,period:e,live:s}){if(this.rows>m)return;const i=s?new Date().toISOString():e.end;await this.#r("",()=>this.#u(t,{...e,end:i},s))}async#g(t){const{entity:e,period:s,readings:i,more:o}=t;this.rows+=m,!(i.length>=this.rows||!o)&&await this.#r("Looking…",async()=>{const l=await this.api.readings(e,s,i.at(-1).index);this.found={...t,readings:[...i,...l.readings],more:l.more},this.said=""})}async#r(t,e){this.busy=!0,this.wrong="",this.said=t;try{await e()}catch(s){this.wrong=p(s)}this.busy=!1}static styles=[$,v,y,k`
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
    `]}x("log-state",V);x("anchor-list",U);x("reading-search",Q);x("iot-blockchain-panel",j);
