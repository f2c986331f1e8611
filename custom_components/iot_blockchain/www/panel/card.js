import{i as E,r as C,A as b,L as y,s as v,b as u,l as k,a as _,c as g,t as L,d as S,p as P,e as O}from"./styles-Cz1O4OFb.js";const T=(function(){const t=typeof document<"u"&&document.createElement("link").relList;return t&&t.supports&&t.supports("modulepreload")?"modulepreload":"preload"})(),A=function(c,t){return new URL(c,t).href},$={},R=function(t,n,e){let i=Promise.resolve();if(n&&n.length>0){let x=function(s){return Promise.all(s.map(d=>Promise.resolve(d).then(h=>({status:"fulfilled",value:h}),h=>({status:"rejected",reason:h}))))};const l=document.getElementsByTagName("link"),o=document.querySelector("meta[property=csp-nonce]"),w=o?.nonce||o?.getAttribute("nonce");i=x(n.map(s=>{if(s=A(s,e),s in $)return;$[s]=!0;const d=s.endsWith(".css"),h=d?'[rel="stylesheet"]':"";if(e)for(let p=l.length-1;p>=0;p--){const f=l[p];if(f.href===s&&(!d||f.rel==="stylesheet"))return}else if(document.querySelector(`link[href="${s}"]${h}`))return;const a=document.createElement("link");if(a.rel=d?"stylesheet":T,d||(a.as="script"),a.crossOrigin="",a.href=s,w&&a.setAttribute("nonce",w),document.head.appendChild(a),d)return new Promise((p,f)=>{a.addEventListener("load",p),a.addEventListener("error",()=>f(new Error(`Unable to preload CSS for ${s}`)))})}))}function r(l){const o=new Event("vite:preloadError",{cancelable:!0});if(o.payload=l,window.dispatchEvent(o),!o.defaultPrevented)throw l}return i.then(l=>{for(const o of l||[])o.status==="rejected"&&r(o.reason);return t().catch(r)})},q=2e3,I=2e4,N={pending:"mdi:timer-sand",submitted:"mdi:upload",confirmed:"mdi:check",final:"mdi:check-all"};class j extends E{static properties={config:{state:!0},latest:{state:!0},wrong:{state:!0},title:{state:!0}};#t;#e;#n;constructor(){super(),this.wrong="",this.title=""}setConfig(t){if(!t.entity)throw new Error("Choose an entity.");this.config=t,this.latest=void 0,this.#e=void 0}set hass(t){const n=this.#t===void 0;this.#t=t;const{config:e}=this;if(e===void 0)return;const i=t.states[e.entity];this.title=e.name||i?.attributes.friendly_name||e.entity,(i?.last_updated!==this.#e||n)&&(this.#e=i?.last_updated,this.#i(n?0:q))}connectedCallback(){super.connectedCallback(),this.#t&&this.#i(0)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#n)}#i(t){clearTimeout(this.#n),this.isConnected&&(this.#n=setTimeout(()=>{this.#s()},t))}async#s(){const{config:t}=this;if(!(t===void 0||this.#t===void 0)){try{const n=await this.#t.callWS({type:"iot_blockchain/latest_reading",entity_id:t.entity});if(t!==this.config)return;this.latest=n,this.wrong=""}catch(n){this.wrong=C(n)}this.latest?.status!=="final"&&this.#i(I)}}render(){const{config:t,latest:n}=this;if(t===void 0)return b;const e=n?.status;return u`<ha-card>
      <button
        ?disabled=${!n}
        aria-label=${`${this.title}: ${e?y[e].title:"no receipt"}`}
        @click=${this.#r}
      >
        <span class="icon ${e??""}" aria-hidden="true">
          <ha-icon .icon=${e?N[e]:"mdi:anchor"}></ha-icon>
        </span>
        <span class="text">
          <span class="name"><bdi>${v(this.title,80)}</bdi></span>
          ${this.#o()}
        </span>
        ${e?u`<span class="chip ${e}">${y[e].title}</span>`:b}
      </button>
    </ha-card>`}#o(){const{latest:t}=this;if(this.wrong)return u`<span class="small wrong">${this.wrong}</span>`;if(t===void 0)return u`<span class="small quiet">Looking…</span>`;if(t===null)return u`<span class="small quiet">Is not recorded in any log</span>`;const{time:n,anchored:e}=t,i=e===null?k(Date.parse(n)):`anchored ${k(Date.parse(e))}`;return u`<span class="small quiet"><bdi>${v(_(t),60)}</bdi> · ${i}</span>`}async#r(){const{latest:t}=this;if(!t)return;await R(()=>import("./elements-f__4Iolf.js").then(r=>r.g),[],import.meta.url);const n=document.createElement("iot-blockchain-receipt-dialog");document.body.append(n),n.addEventListener("closed",()=>n.remove());const e={...t,title:t.log,origin:"",chain:null},i=new g(()=>this.#t,e);await n.show(`${t.entity}-${t.index}`,()=>i.receipt({index:t.index}))}getCardSize(){return 1}getGridOptions(){return{columns:12,rows:1,min_columns:6,min_rows:1}}static getConfigForm(){return{schema:[{name:"entity",required:!0,selector:{entity:{}}},{name:"name",selector:{text:{}}}]}}static async getStubConfig(t){const n=await D(t).catch(()=>[]),e=Object.keys(t.states);return{entity:n.find(r=>r in t.states)??e.find(r=>r.startsWith("sensor."))??""}}static styles=[L,S,P,O`
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
    `]}async function D(c){const[t]=await g.logs(c);return t?new g(()=>c,t).entities():[]}const m="iot-blockchain-card";customElements.get(m)===void 0&&(customElements.define(m,j),window.customCards??=[],window.customCards.push({type:m,name:"Anchored reading",description:"How far the last reading of an entity is on its way into a blockchain.",preview:!0}));
