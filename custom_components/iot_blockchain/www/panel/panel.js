import{i as $,r as u,A as o,b as i,L as C,g as D,l as d,m as f,c as w,e as v,p as y,d as k,f as E,h as M,a as _,t as A,s as S}from"./styles-CKkGZZn2.js";import{t as H,n as x}from"./elements-CPPQPtwY.js";class z extends ${static properties={api:{attribute:!1},mark:{attribute:!1},anchors:{state:!0},more:{state:!0},wrong:{state:!0}};constructor(){super(),this.mark="",this.more=!1,this.wrong=""}willUpdate(t){t.has("api")&&(this.anchors=void 0),(t.has("api")||t.has("mark"))&&this.#t()}async#t(t){const{api:e}=this;try{const s=await e.anchors(t);if(e!==this.api)return;const a=t===void 0?[]:this.anchors??[];this.anchors=[...a,...s.anchors],this.more=s.more,this.wrong=""}catch(s){this.wrong=u(s)}}render(){const{anchors:t}=this;return i`<section class="card" aria-labelledby="title" aria-busy=${t===void 0}>
      <h2 id="title">Anchors</h2>
      <p class="wrong" role="status">${this.wrong}</p>
      ${t===void 0?o:t.length?this.#e(t):i`<p class="quiet">There are none yet: no block holds anything of this log.</p>`}
      ${this.more?i`<button @click=${()=>{this.#t(this.anchors.at(-1).size)}}>
              Show older ones
            </button>`:o}
    </section>`}#e(t){return i`<div class="scrolled" tabindex="0" role="region" aria-label="List of anchors">
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
          ${t.map(e=>this.#i(e))}
        </tbody>
      </table>
    </div>`}#i(t){const{chain:e}=this.api.log,s=`${t.transaction.slice(0,10)}…${t.transaction.slice(-4)}`,a=e?.explorer,{title:r,means:l}=C[t.status];return i`<tr>
      <td class="number">${D(t.number)}</td>
      <td><span class="chip ${t.status}" title=${l}>${r}</span></td>
      <td>
        ${a?i`<a
                class="mono"
                href=${`${a}/tx/${t.transaction}`}
                target="_blank"
                rel="noopener noreferrer"
                title=${t.transaction}
                >${s}</a
              >`:i`<span class="mono" title=${t.transaction}>${s}</span>`}
      </td>
      <td class="time">${d(Date.parse(t.block_time))}</td>
      <td class="number">${D(t.size-t.first)}</td>
      <td class="number cost">${f(t.cost,e?.currency??"")}</td>
    </tr>`}static styles=[w,v,y,k`
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
    `]}const B=3e4;class V extends ${static properties={api:{attribute:!1},status:{attribute:!1},asking:{state:!0},said:{state:!0},now:{state:!0}};#t;constructor(){super(),this.asking=!1,this.said="",this.now=Date.now()}connectedCallback(){super.connectedCallback(),this.#t=setInterval(()=>this.now=Date.now(),B)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.#t)}render(){const{status:t}=this;return i`<section class="card" aria-labelledby="title" aria-busy=${t===void 0}>
      <h2 id="title">${this.api.log.title}</h2>
      ${t===void 0?i`<p class="quiet">Looking…</p>`:this.#e(t)}
    </section>`}#e(t){const{chain:e}=this.api.log;return i`
      ${t.problem===null?o:i`<p class="wrong" role="status">
              Nothing is anchored for now; all is recorded. The
              <a href="/config/repairs">repairs</a> of Home Assistant say what to do.
            </p>`}
      <dl>
        ${h("Recorded",E(t.recorded,"reading"))}
        ${h("Waiting",E(t.waiting,"reading"))}
        ${h("Last anchor",this.#s(t))} ${h("Next anchor",this.#a(t))}
        ${e===null?o:this.#i(t,e.currency)}
        ${h("Network",e===null?"None chosen yet: nothing is anchored.":`${e.name}${e.testnet?", a test network":""}`)}
      </dl>
      <div class="row">
        ${e===null?o:i`<button class="main" ?disabled=${this.asking} @click=${this.#r}>
                Anchor now
              </button>`}
        <span role="status" class="quiet small">${this.said}</span>
      </div>
    `}#i(t,e){const s=t.anchors_left,a=t.balance===null?"Not known now":f(t.balance,e);return i`
      ${h("Balance",a,s===null?void 0:`enough for ${D(s)} ${s===1?"anchor":"anchors"}`)}
      ${h("Cost",t.spent_today===null?"–":`${f(t.spent_today,e)} in 24 hours`,t.last_cost===null?void 0:`the last transaction ${f(t.last_cost,e)}`)}
    `}#s({last_anchored:t,anchor_status:e}){if(t===null)return"None yet";const s=e==="confirmed"||e==="final";return i`${this.#n(t)}
    ${s?i`<span class="chip ${e}">${C[e].title}</span>`:o}`}#a({next:t,waiting:e,anchor_status:s}){return s==="submitted"?"On its way":this.api.log.chain===null?"–":t===null?e?"–":"When there are new readings":Date.parse(t)<=this.now?"Due now":this.#n(t)??"–"}#n(t){if(t===null)return;const e=Date.parse(t);return i`<span title=${d(e)}>${M(e,this.now)}</span>`}async#r(){this.asking=!0,this.said="Asking…";try{await this.api.anchorNow(),this.said="An anchor is due now. It takes from seconds to minutes."}catch(t){this.said=u(t)}this.asking=!1}static styles=[w,v,y,k`
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
    `]}function h(n,t,e){return i`<div>
    <dt>${n}</dt>
    <dd>
      ${t}${e===void 0?o:i`<span class="quiet small">${e}</span>`}
    </dd>
  </div>`}const U="M3,6H21V8H3V6M3,11H21V13H3V11M3,16H21V18H3V16Z";class W extends ${static properties={narrow:{type:Boolean},logs:{state:!0},api:{state:!0},status:{state:!0},wrong:{state:!0},dark:{state:!0},menu:{state:!0}};#t;#e;constructor(){super(),this.narrow=!1,this.wrong="",this.dark=!1,this.menu=!1}set hass(t){const e=this.#t===void 0;this.#t=t,this.dark=t.themes?.darkMode??!1,this.menu=t.dockedSidebar==="always_hidden",e&&this.#i(t)}connectedCallback(){super.connectedCallback(),this.api&&this.#t&&this.#s(this.api.log)}disconnectedCallback(){super.disconnectedCallback(),this.#a()}async#i(t){try{this.logs=await _.logs(t),this.logs[0]&&await this.#s(this.logs[0])}catch(e){this.wrong=u(e)}}async#s(t){await this.#a();const e=new _(()=>this.#t,t);this.api=e,this.status=void 0;try{const s=await e.subscribe(a=>{e===this.api&&(this.status=a)});e===this.api&&this.isConnected?this.#e=s:await s()}catch(s){this.wrong=u(s)}}async#a(){const t=this.#e;this.#e=void 0,await t?.().catch(()=>{})}render(){return i`<div class=${this.dark?"dark":"light"}>
      ${this.#n()}
      <main>${this.#r()}</main>
      <receipt-dialog></receipt-dialog>
    </div>`}#n(){return i`<header>
      ${this.narrow||this.menu?i`<button class="menu" aria-label="Sidebar" @click=${this.#l}>
              <svg viewBox="0 0 24 24" aria-hidden="true"><path d=${U} /></svg>
            </button>`:o}
      <h1>IoT Blockchain</h1>
      ${(this.logs?.length??0)>1?i`<select aria-label="Log" @change=${this.#h}>
              ${this.logs.map(({title:t,entry_id:e})=>i`<option value=${e} ?selected=${e===this.api?.log.entry_id}>
                    ${t}
                  </option>`)}
            </select>`:o}
    </header>`}#r(){const{api:t,status:e}=this;if(this.wrong)return i`<p class="card wrong" role="alert">${this.wrong}</p>`;if(this.logs?.length===0)return i`<p class="card">
        No log is loaded now. Look at the
        <a href="/config/integrations/integration/iot_blockchain">integration</a>.
      </p>`;if(t===void 0)return o;const s=e?`${e.last_anchored} ${e.anchor_status}`:"";return i`
      <log-state .api=${t} .status=${e}></log-state>
      <reading-search
        .api=${t}
        .mark=${`${s} ${(e?.recorded??0)>0}`}
        @receipt=${this.#c}
      ></reading-search>
      <anchor-list .api=${t} .mark=${s}></anchor-list>
    `}#l(){this.dispatchEvent(new CustomEvent("hass-toggle-menu",{bubbles:!0,composed:!0}))}#h(t){const e=t.target.value;this.#s(this.logs.find(({entry_id:s})=>s===e))}#c({name:t,receipt:e}){this.renderRoot.querySelector("receipt-dialog").show(t,e)}static styles=[A,w,v,y,k`
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
    `]}const g=36e5,T=[{name:"The last hour",length:g},{name:"The last 24 hours",length:24*g},{name:"The last 7 days",length:168*g},{name:"The last 30 days",length:720*g}];function P(n,t){return{start:new Date(t-n).toISOString(),end:new Date(t).toISOString()}}function F(n,t){const[e,s]=[Date.parse(n),Date.parse(t)];if(e<=s)return{start:new Date(e).toISOString(),end:new Date(s).toISOString()}}function j(n){const t=new Date(n).getTimezoneOffset()*6e4;return new Date(n-t).toISOString().slice(0,16)}function G(n,t){const e=[...n.map(K),...t.map(X)];e.sort((a,r)=>a.index-r.index);const s=n.at(-1)?.index??1/0;return H(e.filter(({index:a})=>a>=s))}function K({index:n,time:t,entity:e,state:s,unit:a}){const r=new Map([["entity",e],["state",s]]);return a!==null&&r.set("unit",a),{index:n,type:"reading",time:t,members:r}}function X({index:n,time:t,act:e}){return{index:n,type:"act",time:t,members:new Map([["act",e]])}}const m=50,R=80,b="custom";class I extends Event{name;receipt;constructor(t,e){super("receipt",{bubbles:!0,composed:!0}),this.name=t,this.receipt=e}}class Y extends ${static properties={api:{attribute:!1},mark:{attribute:!1},entities:{state:!0},entity:{state:!0},length:{state:!0},found:{state:!0},rows:{state:!0},busy:{state:!0},said:{state:!0},wrong:{state:!0}};#t={start:"",end:""};constructor(){super(),this.mark="",this.entity="",this.length=String(T[1].length),this.rows=m,this.busy=!1,this.said="",this.wrong=""}willUpdate(t){t.has("api")?(this.entities=void 0,this.found=void 0,this.#e()):t.has("mark")&&(this.entities?.length===0?this.#e():this.found&&!this.busy&&this.#p(this.found))}async#e(){const{api:t}=this;await this.#o("",async()=>{const e=await t.entities();t===this.api&&(this.entities=e,e.includes(this.entity)||(this.entity=e[0]??""),this.entity&&await this.#d())})}render(){return i`<section class="card" aria-labelledby="title">
      <h2 id="title">Readings</h2>
      ${this.entities?.length===0?i`<p class="quiet">Nothing is recorded yet. A source says what to record.</p>`:this.#i()}
      <p class=${this.wrong?"wrong":"quiet small"} role="status">${this.wrong||this.said}</p>
      ${this.found&&this.#n(this.found)}
    </section>`}#i(){return i`<form @submit=${this.#c}>
      <div>
        <label for="entity">Entity</label>
        <select
          id="entity"
          @change=${t=>this.entity=t.target.value}
        >
          ${(this.entities??[]).map(t=>i`<option value=${t} ?selected=${t===this.entity}>
                ${this.#a(t)}
              </option>`)}
        </select>
      </div>
      <div>
        <label for="length">Time</label>
        <select
          id="length"
          @change=${t=>this.length=t.target.value}
        >
          ${T.map(({name:t,length:e})=>i`<option value=${e} ?selected=${String(e)===this.length}>
                ${t}
              </option>`)}
          <option value=${b} ?selected=${this.length===b}>Between two times</option>
        </select>
      </div>
      ${this.length===b?[this.#s("start","From"),this.#s("end","To")]:o}
      <button class="main" ?disabled=${this.busy}>Show</button>
    </form>`}#s(t,e){return this.#t[t]||=j(Date.now()-(t==="start"?T[1].length:0)),i`<div>
      <label for=${t}>${e}</label>
      <input
        id=${t}
        type="datetime-local"
        required
        .value=${this.#t[t]}
        @input=${s=>this.#t[t]=s.target.value}
      />
    </div>`}#a(t){const e=this.api.nameOf(t);return e===void 0?t:`${S(e,60)} (${t})`}#n(t){const{entity:e,period:s,readings:a,acts:r,more:l}=t;if(a.length===0)return i`<p class="quiet">The log holds no reading of ${e} from this time.</p>`;const c=G(a,r);return i`
      ${c&&i`<readings-chart .timeline=${c}></readings-chart>`}
      <div class="row">
        <button ?disabled=${this.busy} @click=${()=>this.#l(e,s)}>
          Receipt of this time
        </button>
        <button ?disabled=${this.busy} @click=${()=>{this.#h(e,s)}}>
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
            ${a.slice(0,this.rows).map(p=>this.#r(p))}
          </tbody>
        </table>
      </div>
      ${a.length>this.rows||l?i`<div class="row">
              <button ?disabled=${this.busy} @click=${()=>{this.#g(t)}}>
                Show older ones
              </button>
              <span class="quiet small"
                >${E(Math.min(this.rows,a.length),"reading")} of
                ${l?"more than ":""}${a.length}</span
              >
            </div>`:o}
    `}#r({index:t,entity:e,state:s,unit:a,time:r,signed:l,status:c,anchored:p}){const{title:N,means:q}=C[c],O=a===null?s:`${s} ${a}`,L=p===null?"":`, anchored ${d(Date.parse(p))}`;return i`<tr>
      <td>${d(Date.parse(r))}</td>
      <td class="state">
        <bdi>${S(O,R)}</bdi>
        ${l?i`<span class="quiet small">signed by its device</span>`:o}
      </td>
      <td><span class="chip ${c}" title=${q+L}>${N}</span></td>
      <td class="number">
        <button
          aria-label=${`Receipt of ${S(O,R)}, ${d(Date.parse(r))}`}
          @click=${()=>this.dispatchEvent(new I(`${e}-${t}`,()=>this.api.receipt({index:t})))}
        >
          Receipt
        </button>
      </td>
    </tr>`}#l(t,e){const s=`${t}-${e.start.slice(0,10)}`;this.dispatchEvent(new I(s,()=>this.api.receipt({entity_id:[t],...e})))}async#h(t,e){await this.#o("Writing the file…",async()=>{const s=document.createElement("a");s.href=await this.api.evidence(t,e),s.download="",s.click(),this.said="The file is being downloaded. It explains itself: begin with README.txt."})}#c(t){t.preventDefault(),this.#o("",()=>this.#d())}async#d(){const{entity:t}=this,{start:e,end:s}=this.#t,a=this.length!==b,r=a?P(Number(this.length),Date.now()):F(e,s);if(r===void 0){this.wrong="The second time is before the first one. Swap the two.";return}this.rows=m,await this.#u(t,r,a)}async#u(t,e,s){const{api:a}=this,r=await a.readings(t,e);a===this.api&&(this.found={entity:t,period:e,live:s,...r})}async#p({entity:t,period:e,live:s}){if(this.rows>m)return;const a=s?new Date().toISOString():e.end;await this.#o("",()=>this.#u(t,{...e,end:a},s))}async#g(t){const{entity:e,period:s,readings:a,more:r}=t;this.rows+=m,!(a.length>=this.rows||!r)&&await this.#o("Looking…",async()=>{const l=await this.api.readings(e,s,a.at(-1).index);this.found={...t,readings:[...a,...l.readings],more:l.more},this.said=""})}async#o(t,e){this.busy=!0,this.wrong="",this.said=t;try{await e()}catch(s){this.wrong=u(s)}this.busy=!1}static styles=[w,v,y,k`
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
    `]}x("log-state",V);x("anchor-list",z);x("reading-search",Y);x("iot-blockchain-panel",W);
