import{i as x,r as E,A as w,L as b,s as y,b as d,l as v,a as C,t as _,c as L,p as S,d as P}from"./styles-CKkGZZn2.js";const O=(function(){const t=typeof document<"u"&&document.createElement("link").relList;return t&&t.supports&&t.supports("modulepreload")?"modulepreload":"preload"})(),T=function(p,t){return new URL(p,t).href},$={},A=function(t,e,s){let o=Promise.resolve();if(e&&e.length>0){let k=function(i){return Promise.all(i.map(l=>Promise.resolve(l).then(u=>({status:"fulfilled",value:u}),u=>({status:"rejected",reason:u}))))};const r=document.getElementsByTagName("link"),n=document.querySelector("meta[property=csp-nonce]"),g=n?.nonce||n?.getAttribute("nonce");o=k(e.map(i=>{if(i=T(i,s),i in $)return;$[i]=!0;const l=i.endsWith(".css"),u=l?'[rel="stylesheet"]':"";if(s)for(let h=r.length-1;h>=0;h--){const f=r[h];if(f.href===i&&(!l||f.rel==="stylesheet"))return}else if(document.querySelector(`link[href="${i}"]${u}`))return;const a=document.createElement("link");if(a.rel=l?"stylesheet":O,l||(a.as="script"),a.crossOrigin="",a.href=i,g&&a.setAttribute("nonce",g),document.head.appendChild(a),l)return new Promise((h,f)=>{a.addEventListener("load",h),a.addEventListener("error",()=>f(new Error(`Unable to preload CSS for ${i}`)))})}))}function c(r){const n=new Event("vite:preloadError",{cancelable:!0});if(n.payload=r,window.dispatchEvent(n),!n.defaultPrevented)throw r}return o.then(r=>{for(const n of r||[])n.status==="rejected"&&c(n.reason);return t().catch(c)})},R=2e3,q=2e4,I={pending:"mdi:timer-sand",submitted:"mdi:upload",confirmed:"mdi:check",final:"mdi:check-all"};class N extends x{static properties={config:{state:!0},latest:{state:!0},wrong:{state:!0},title:{state:!0}};#t;#e;#s;constructor(){super(),this.wrong="",this.title=""}setConfig(t){if(!t.entity)throw new Error("Choose an entity.");this.config=t,this.latest=void 0,this.#e=void 0}set hass(t){const e=this.#t===void 0;this.#t=t;const{config:s}=this;if(s===void 0)return;const o=t.states[s.entity];this.title=s.name||o?.attributes.friendly_name||s.entity,(o?.last_updated!==this.#e||e)&&(this.#e=o?.last_updated,this.#n(e?0:R))}connectedCallback(){super.connectedCallback(),this.#t&&this.#n(0)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#s)}#n(t){clearTimeout(this.#s),this.isConnected&&(this.#s=setTimeout(()=>{this.#i()},t))}async#i(){const{config:t}=this;if(!(t===void 0||this.#t===void 0)){try{const e=await this.#t.callWS({type:"iot_blockchain/latest_reading",entity_id:t.entity});if(t!==this.config)return;this.latest=e,this.wrong=""}catch(e){this.wrong=E(e)}this.latest?.status!=="final"&&this.#n(q)}}render(){const{config:t,latest:e}=this;if(t===void 0)return w;const s=e?.status;return d`<ha-card>
      <button
        ?disabled=${!e}
        aria-label=${`${this.title}: ${s?b[s].title:"no receipt"}`}
        @click=${this.#r}
      >
        <span class="icon ${s??""}" aria-hidden="true">
          <ha-icon .icon=${s?I[s]:"mdi:anchor"}></ha-icon>
        </span>
        <span class="text">
          <span class="name"><bdi>${y(this.title,80)}</bdi></span>
          ${this.#o()}
        </span>
        ${s?d`<span class="chip ${s}">${b[s].title}</span>`:w}
      </button>
    </ha-card>`}#o(){const{latest:t}=this;if(this.wrong)return d`<span class="small wrong">${this.wrong}</span>`;if(t===void 0)return d`<span class="small quiet">Looking…</span>`;if(t===null)return d`<span class="small quiet">Is not recorded in any log</span>`;const{state:e,unit:s,time:o,anchored:c}=t,r=s===null?e:`${e} ${s}`,n=c===null?v(Date.parse(o)):`anchored ${v(Date.parse(c))}`;return d`<span class="small quiet"><bdi>${y(r,60)}</bdi> · ${n}</span>`}async#r(){const{latest:t}=this;if(!t)return;await A(()=>import("./elements-CPPQPtwY.js").then(c=>c.e),[],import.meta.url);const e=document.createElement("receipt-dialog");document.body.append(e),e.addEventListener("closed",()=>e.remove());const s={...t,title:t.log,origin:"",chain:null},o=new C(()=>this.#t,s);await e.show(`${t.entity}-${t.index}`,()=>o.receipt({entity_id:t.entity}))}getCardSize(){return 1}getGridOptions(){return{columns:12,rows:1,min_columns:6,min_rows:1}}static getConfigForm(){return{schema:[{name:"entity",required:!0,selector:{entity:{}}},{name:"name",selector:{text:{}}}]}}static getStubConfig(t){const e=Object.keys(t.states);return{entity:e.find(s=>s.startsWith("sensor."))??e[0]??""}}static styles=[_,L,S,P`
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
    `]}const m="iot-blockchain-card";customElements.get(m)===void 0&&(customElements.define(m,N),window.customCards??=[],window.customCards.push({type:m,name:"Anchored reading",description:"How far the last reading of an entity is on its way into a blockchain.",preview:!0}));
