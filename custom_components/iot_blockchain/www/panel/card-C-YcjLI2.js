import{_ as u}from"./preload-helper-D8_b-Rn0.js";import{i as p,r as m,A as c,L as l,s as d,b as n,l as h,j as f,h as r,t as g,a as b,p as w,d as y}from"./styles-cRzyyRGR.js";const v=2e3,x=2e4,$={pending:"mdi:timer-sand",submitted:"mdi:upload",confirmed:"mdi:check",final:"mdi:check-all"};class E extends p{static properties={config:{state:!0},latest:{state:!0},wrong:{state:!0},title:{state:!0}};#t;#e;#i;constructor(){super(),this.wrong="",this.title=""}setConfig(t){if(!t.entity)throw new Error("Choose an entity.");this.config=t,this.latest=void 0,this.#e=void 0}set hass(t){const i=this.#t===void 0;this.#t=t;const{config:e}=this;if(e===void 0)return;const s=t.states[e.entity];this.title=e.name||s?.attributes.friendly_name||e.entity,(s?.last_updated!==this.#e||i)&&(this.#e=s?.last_updated,this.#s(i?0:v))}connectedCallback(){super.connectedCallback(),this.#t&&this.#s(0)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#i)}#s(t){clearTimeout(this.#i),this.isConnected&&(this.#i=setTimeout(()=>{this.#n()},t))}async#n(){const{config:t}=this;if(!(t===void 0||this.#t===void 0)){try{const i=await this.#t.callWS({type:"iot_blockchain/latest_reading",entity_id:t.entity});if(t!==this.config)return;this.latest=i,this.wrong=""}catch(i){this.wrong=m(i)}this.latest?.status!=="final"&&this.#s(x)}}render(){const{config:t,latest:i}=this;if(t===void 0)return c;const e=i?.status;return n`<ha-card>
      <button
        ?disabled=${!i}
        aria-label=${`${this.title}: ${e?l[e].title:"no receipt"}`}
        @click=${this.#o}
      >
        <span class="icon ${e??""}" aria-hidden="true">
          <ha-icon .icon=${e?$[e]:"mdi:anchor"}></ha-icon>
        </span>
        <span class="text">
          <span class="name"><bdi>${d(this.title,80)}</bdi></span>
          ${this.#a()}
        </span>
        ${e?n`<span class="chip ${e}">${l[e].title}</span>`:c}
      </button>
    </ha-card>`}#a(){const{latest:t}=this;if(this.wrong)return n`<span class="small wrong">${this.wrong}</span>`;if(t===void 0)return n`<span class="small quiet">Looking…</span>`;if(t===null)return n`<span class="small quiet">Is not recorded in any log</span>`;const{time:i,anchored:e}=t,s=e===null?h(Date.parse(i)):`anchored ${h(Date.parse(e))}`;return n`<span class="small quiet"><bdi>${d(f(t),60)}</bdi> · ${s}</span>`}async#o(){const{latest:t}=this;if(!t)return;await u(()=>import("./elements-Bkb0bN1W.js").then(a=>a.g),[],import.meta.url);const i=document.createElement("iot-blockchain-receipt-dialog");document.body.append(i),i.addEventListener("closed",()=>i.remove());const e={...t,title:t.log,origin:"",chain:null},s=new r(()=>this.#t,e);await i.show(`${t.entity}-${t.index}`,()=>s.receipt({index:t.index}))}getCardSize(){return 1}getGridOptions(){return{columns:12,rows:1,min_columns:6,min_rows:1}}static getConfigForm(){return{schema:[{name:"entity",required:!0,selector:{entity:{}}},{name:"name",selector:{text:{}}}]}}static async getStubConfig(t){const i=await k(t).catch(()=>[]),e=Object.keys(t.states);return{entity:i.find(a=>a in t.states)??e.find(a=>a.startsWith("sensor."))??""}}static styles=[g,b,w,y`
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
    `]}async function k(o){const[t]=await r.logs(o);return t?new r(()=>o,t).entities():[]}export{E as Card};
