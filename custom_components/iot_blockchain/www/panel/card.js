import{i as E,r as x,A as w,L as b,s as y,b as l,l as v,a as C,c as _,t as L,d as S,p as P,e as O}from"./styles-BIlRc44O.js";const T=(function(){const t=typeof document<"u"&&document.createElement("link").relList;return t&&t.supports&&t.supports("modulepreload")?"modulepreload":"preload"})(),A=function(h,t){return new URL(h,t).href},k={},R=function(t,e,s){let i=Promise.resolve();if(e&&e.length>0){let $=function(n){return Promise.all(n.map(c=>Promise.resolve(c).then(d=>({status:"fulfilled",value:d}),d=>({status:"rejected",reason:d}))))};const a=document.getElementsByTagName("link"),o=document.querySelector("meta[property=csp-nonce]"),g=o?.nonce||o?.getAttribute("nonce");i=$(e.map(n=>{if(n=A(n,s),n in k)return;k[n]=!0;const c=n.endsWith(".css"),d=c?'[rel="stylesheet"]':"";if(s)for(let u=a.length-1;u>=0;u--){const f=a[u];if(f.href===n&&(!c||f.rel==="stylesheet"))return}else if(document.querySelector(`link[href="${n}"]${d}`))return;const r=document.createElement("link");if(r.rel=c?"stylesheet":T,c||(r.as="script"),r.crossOrigin="",r.href=n,g&&r.setAttribute("nonce",g),document.head.appendChild(r),c)return new Promise((u,f)=>{r.addEventListener("load",u),r.addEventListener("error",()=>f(new Error(`Unable to preload CSS for ${n}`)))})}))}function p(a){const o=new Event("vite:preloadError",{cancelable:!0});if(o.payload=a,window.dispatchEvent(o),!o.defaultPrevented)throw a}return i.then(a=>{for(const o of a||[])o.status==="rejected"&&p(o.reason);return t().catch(p)})},q=2e3,I=2e4,N={pending:"mdi:timer-sand",submitted:"mdi:upload",confirmed:"mdi:check",final:"mdi:check-all"};class j extends E{static properties={config:{state:!0},latest:{state:!0},wrong:{state:!0},title:{state:!0}};#t;#e;#s;constructor(){super(),this.wrong="",this.title=""}setConfig(t){if(!t.entity)throw new Error("Choose an entity.");this.config=t,this.latest=void 0,this.#e=void 0}set hass(t){const e=this.#t===void 0;this.#t=t;const{config:s}=this;if(s===void 0)return;const i=t.states[s.entity];this.title=s.name||i?.attributes.friendly_name||s.entity,(i?.last_updated!==this.#e||e)&&(this.#e=i?.last_updated,this.#n(e?0:q))}connectedCallback(){super.connectedCallback(),this.#t&&this.#n(0)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#s)}#n(t){clearTimeout(this.#s),this.isConnected&&(this.#s=setTimeout(()=>{this.#i()},t))}async#i(){const{config:t}=this;if(!(t===void 0||this.#t===void 0)){try{const e=await this.#t.callWS({type:"iot_blockchain/latest_reading",entity_id:t.entity});if(t!==this.config)return;this.latest=e,this.wrong=""}catch(e){this.wrong=x(e)}this.latest?.status!=="final"&&this.#n(I)}}render(){const{config:t,latest:e}=this;if(t===void 0)return w;const s=e?.status;return l`<ha-card>
      <button
        ?disabled=${!e}
        aria-label=${`${this.title}: ${s?b[s].title:"no receipt"}`}
        @click=${this.#r}
      >
        <span class="icon ${s??""}" aria-hidden="true">
          <ha-icon .icon=${s?N[s]:"mdi:anchor"}></ha-icon>
        </span>
        <span class="text">
          <span class="name"><bdi>${y(this.title,80)}</bdi></span>
          ${this.#o()}
        </span>
        ${s?l`<span class="chip ${s}">${b[s].title}</span>`:w}
      </button>
    </ha-card>`}#o(){const{latest:t}=this;if(this.wrong)return l`<span class="small wrong">${this.wrong}</span>`;if(t===void 0)return l`<span class="small quiet">Looking…</span>`;if(t===null)return l`<span class="small quiet">Is not recorded in any log</span>`;const{time:e,anchored:s}=t,i=s===null?v(Date.parse(e)):`anchored ${v(Date.parse(s))}`;return l`<span class="small quiet"><bdi>${y(C(t),60)}</bdi> · ${i}</span>`}async#r(){const{latest:t}=this;if(!t)return;await R(()=>import("./elements-CqWO5e8h.js").then(p=>p.e),[],import.meta.url);const e=document.createElement("receipt-dialog");document.body.append(e),e.addEventListener("closed",()=>e.remove());const s={...t,title:t.log,origin:"",chain:null},i=new _(()=>this.#t,s);await e.show(`${t.entity}-${t.index}`,()=>i.receipt({entity_id:t.entity}))}getCardSize(){return 1}getGridOptions(){return{columns:12,rows:1,min_columns:6,min_rows:1}}static getConfigForm(){return{schema:[{name:"entity",required:!0,selector:{entity:{}}},{name:"name",selector:{text:{}}}]}}static getStubConfig(t){const e=Object.keys(t.states);return{entity:e.find(s=>s.startsWith("sensor."))??e[0]??""}}static styles=[L,S,P,O`
      ha-card {
        display: block;
        height: 100%;
        overflow: hidden;
      }
      button {
        all: unset;
        box-sizing: border-box;
        display: flex;
        align-items: center;
        gap: 12px;
        width: 100%;
        height: 100%;
        padding: 10px 12px;
        cursor: pointer;
      }
      button:disabled {
        cursor: default;
      }
      button:focus-visible {
        outline: 2px solid var(--main);
        outline-offset: -2px;
        border-radius: var(--ha-card-border-radius, 12px);
      }
      .icon {
        flex: none;
        display: grid;
        place-items: center;
        width: 36px;
        height: 36px;
        border-radius: 50%;
        color: var(--warn);
        background: var(--warn-surface);
      }
      .icon.final,
      .icon.confirmed {
        color: var(--good);
        background: var(--good-surface);
      }
      .text {
        flex: 1;
        min-width: 0;
        line-height: 1.3;
      }
      .name,
      .text .small {
        display: block;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .name {
        font-weight: 500;
      }
    `]}const m="iot-blockchain-card";customElements.get(m)===void 0&&(customElements.define(m,j),window.customCards??=[],window.customCards.push({type:m,name:"Anchored reading",description:"How far the last reading of an entity is on its way into a blockchain.",preview:!0}));
