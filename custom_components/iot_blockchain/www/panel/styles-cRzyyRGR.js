const P=globalThis,z=P.ShadowRoot&&(P.ShadyCSS===void 0||P.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,L=Symbol(),W=new WeakMap;let tt=class{constructor(t,e,s){if(this._$cssResult$=!0,s!==L)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=t,this.t=e}get styleSheet(){let t=this.o;const e=this.t;if(z&&t===void 0){const s=e!==void 0&&e.length===1;s&&(t=W.get(e)),t===void 0&&((this.o=t=new CSSStyleSheet).replaceSync(this.cssText),s&&W.set(e,t))}return t}toString(){return this.cssText}};const at=i=>new tt(typeof i=="string"?i:i+"",void 0,L),O=(i,...t)=>{const e=i.length===1?i[0]:t.reduce((s,r,o)=>s+(n=>{if(n._$cssResult$===!0)return n.cssText;if(typeof n=="number")return n;throw Error("Value passed to 'css' function must be a 'css' function result: "+n+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(r)+i[o+1],i[0]);return new tt(e,i,L)},lt=(i,t)=>{if(z)i.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(const e of t){const s=document.createElement("style"),r=P.litNonce;r!==void 0&&s.setAttribute("nonce",r),s.textContent=e.cssText,i.appendChild(s)}},q=z?i=>i:i=>i instanceof CSSStyleSheet?(t=>{let e="";for(const s of t.cssRules)e+=s.cssText;return at(e)})(i):i;const{is:ct,defineProperty:ht,getOwnPropertyDescriptor:dt,getOwnPropertyNames:ut,getOwnPropertySymbols:pt,getPrototypeOf:ft}=Object,N=globalThis,V=N.trustedTypes,$t=V?V.emptyScript:"",mt=N.reactiveElementPolyfillSupport,w=(i,t)=>i,I={toAttribute(i,t){switch(t){case Boolean:i=i?$t:null;break;case Object:case Array:i=i==null?i:JSON.stringify(i)}return i},fromAttribute(i,t){let e=i;switch(t){case Boolean:e=i!==null;break;case Number:e=i===null?null:Number(i);break;case Object:case Array:try{e=JSON.parse(i)}catch{e=null}}return e}},et=(i,t)=>!ct(i,t),F={attribute:!0,type:String,converter:I,reflect:!1,useDefault:!1,hasChanged:et};Symbol.metadata??=Symbol("metadata"),N.litPropertyMetadata??=new WeakMap;let v=class extends HTMLElement{static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(t,e=F){if(e.state&&(e.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(t)&&((e=Object.create(e)).wrapped=!0),this.elementProperties.set(t,e),!e.noAccessor){const s=Symbol(),r=this.getPropertyDescriptor(t,s,e);r!==void 0&&ht(this.prototype,t,r)}}static getPropertyDescriptor(t,e,s){const{get:r,set:o}=dt(this.prototype,t)??{get(){return this[e]},set(n){this[e]=n}};return{get:r,set(n){const c=r?.call(this);o?.call(this,n),this.requestUpdate(t,c,s)},configurable:!0,enumerable:!0}}static getPropertyOptions(t){return this.elementProperties.get(t)??F}static _$Ei(){if(this.hasOwnProperty(w("elementProperties")))return;const t=ft(this);t.finalize(),t.l!==void 0&&(this.l=[...t.l]),this.elementProperties=new Map(t.elementProperties)}static finalize(){if(this.hasOwnProperty(w("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(w("properties"))){const e=this.properties,s=[...ut(e),...pt(e)];for(const r of s)this.createProperty(r,e[r])}const t=this[Symbol.metadata];if(t!==null){const e=litPropertyMetadata.get(t);if(e!==void 0)for(const[s,r]of e)this.elementProperties.set(s,r)}this._$Eh=new Map;for(const[e,s]of this.elementProperties){const r=this._$Eu(e,s);r!==void 0&&this._$Eh.set(r,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(t){const e=[];if(Array.isArray(t)){const s=new Set(t.flat(1/0).reverse());for(const r of s)e.unshift(q(r))}else t!==void 0&&e.push(q(t));return e}static _$Eu(t,e){const s=e.attribute;return s===!1?void 0:typeof s=="string"?s:typeof t=="string"?t.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(t=>t(this))}addController(t){(this._$EO??=new Set).add(t),this.renderRoot!==void 0&&this.isConnected&&t.hostConnected?.()}removeController(t){this._$EO?.delete(t)}_$E_(){const t=new Map,e=this.constructor.elementProperties;for(const s of e.keys())this.hasOwnProperty(s)&&(t.set(s,this[s]),delete this[s]);t.size>0&&(this._$Ep=t)}createRenderRoot(){const t=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return lt(t,this.constructor.elementStyles),t}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(t=>t.hostConnected?.())}enableUpdating(t){}disconnectedCallback(){this._$EO?.forEach(t=>t.hostDisconnected?.())}attributeChangedCallback(t,e,s){this._$AK(t,s)}_$ET(t,e){const s=this.constructor.elementProperties.get(t),r=this.constructor._$Eu(t,s);if(r!==void 0&&s.reflect===!0){const o=(s.converter?.toAttribute!==void 0?s.converter:I).toAttribute(e,s.type);this._$Em=t,o==null?this.removeAttribute(r):this.setAttribute(r,o),this._$Em=null}}_$AK(t,e){const s=this.constructor,r=s._$Eh.get(t);if(r!==void 0&&this._$Em!==r){const o=s.getPropertyOptions(r),n=typeof o.converter=="function"?{fromAttribute:o.converter}:o.converter?.fromAttribute!==void 0?o.converter:I;this._$Em=r;const c=n.fromAttribute(e,o.type);this[r]=c??this._$Ej?.get(r)??c,this._$Em=null}}requestUpdate(t,e,s,r=!1,o){if(t!==void 0){const n=this.constructor;if(r===!1&&(o=this[t]),s??=n.getPropertyOptions(t),!((s.hasChanged??et)(o,e)||s.useDefault&&s.reflect&&o===this._$Ej?.get(t)&&!this.hasAttribute(n._$Eu(t,s))))return;this.C(t,e,s)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(t,e,{useDefault:s,reflect:r,wrapped:o},n){s&&!(this._$Ej??=new Map).has(t)&&(this._$Ej.set(t,n??e??this[t]),o!==!0||n!==void 0)||(this._$AL.has(t)||(this.hasUpdated||s||(e=void 0),this._$AL.set(t,e)),r===!0&&this._$Em!==t&&(this._$Eq??=new Set).add(t))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}const t=this.scheduleUpdate();return t!=null&&await t,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(const[r,o]of this._$Ep)this[r]=o;this._$Ep=void 0}const s=this.constructor.elementProperties;if(s.size>0)for(const[r,o]of s){const{wrapped:n}=o,c=this[r];n!==!0||this._$AL.has(r)||c===void 0||this.C(r,void 0,o,c)}}let t=!1;const e=this._$AL;try{t=this.shouldUpdate(e),t?(this.willUpdate(e),this._$EO?.forEach(s=>s.hostUpdate?.()),this.update(e)):this._$EM()}catch(s){throw t=!1,this._$EM(),s}t&&this._$AE(e)}willUpdate(t){}_$AE(t){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),this.updated(t)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(t){return!0}update(t){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(t){}firstUpdated(t){}};v.elementStyles=[],v.shadowRootOptions={mode:"open"},v[w("elementProperties")]=new Map,v[w("finalized")]=new Map,mt?.({ReactiveElement:v}),(N.reactiveElementVersions??=[]).push("2.1.2");const D=globalThis,Z=i=>i,T=D.trustedTypes,G=T?T.createPolicy("lit-html",{createHTML:i=>i}):void 0,st="$lit$",$=`lit$${Math.random().toFixed(9).slice(2)}$`,rt="?"+$,gt=`<${rt}>`,_=document,x=()=>_.createComment(""),E=i=>i===null||typeof i!="object"&&typeof i!="function",j=Array.isArray,_t=i=>j(i)||typeof i?.[Symbol.iterator]=="function",H=`[ 	
\f\r]`,A=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,J=/-->/g,K=/>/g,m=RegExp(`>|${H}(?:([^\\s"'>=/]+)(${H}*=${H}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),X=/'/g,Y=/"/g,it=/^(?:script|style|textarea|title)$/i,ot=i=>(t,...e)=>({_$litType$:i,strings:t,values:e}),zt=ot(1),Lt=ot(2),b=Symbol.for("lit-noChange"),d=Symbol.for("lit-nothing"),Q=new WeakMap,g=_.createTreeWalker(_,129);function nt(i,t){if(!j(i)||!i.hasOwnProperty("raw"))throw Error("invalid template strings array");return G!==void 0?G.createHTML(t):t}const vt=(i,t)=>{const e=i.length-1,s=[];let r,o=t===2?"<svg>":t===3?"<math>":"",n=A;for(let c=0;c<e;c++){const a=i[c];let h,u,l=-1,p=0;for(;p<a.length&&(n.lastIndex=p,u=n.exec(a),u!==null);)p=n.lastIndex,n===A?u[1]==="!--"?n=J:u[1]!==void 0?n=K:u[2]!==void 0?(it.test(u[2])&&(r=RegExp("</"+u[2],"g")),n=m):u[3]!==void 0&&(n=m):n===m?u[0]===">"?(n=r??A,l=-1):u[1]===void 0?l=-2:(l=n.lastIndex-u[2].length,h=u[1],n=u[3]===void 0?m:u[3]==='"'?Y:X):n===Y||n===X?n=m:n===J||n===K?n=A:(n=m,r=void 0);const f=n===m&&i[c+1].startsWith("/>")?" ":"";o+=n===A?a+gt:l>=0?(s.push(h),a.slice(0,l)+st+a.slice(l)+$+f):a+$+(l===-2?c:f)}return[nt(i,o+(i[e]||"<?>")+(t===2?"</svg>":t===3?"</math>":"")),s]};class S{constructor({strings:t,_$litType$:e},s){let r;this.parts=[];let o=0,n=0;const c=t.length-1,a=this.parts,[h,u]=vt(t,e);if(this.el=S.createElement(h,s),g.currentNode=this.el.content,e===2||e===3){const l=this.el.content.firstChild;l.replaceWith(...l.childNodes)}for(;(r=g.nextNode())!==null&&a.length<c;){if(r.nodeType===1){if(r.hasAttributes())for(const l of r.getAttributeNames())if(l.endsWith(st)){const p=u[n++],f=r.getAttribute(l).split($),k=/([.?@])?(.*)/.exec(p);a.push({type:1,index:o,name:k[2],strings:f,ctor:k[1]==="."?yt:k[1]==="?"?At:k[1]==="@"?wt:M}),r.removeAttribute(l)}else l.startsWith($)&&(a.push({type:6,index:o}),r.removeAttribute(l));if(it.test(r.tagName)){const l=r.textContent.split($),p=l.length-1;if(p>0){r.textContent=T?T.emptyScript:"";for(let f=0;f<p;f++)r.append(l[f],x()),g.nextNode(),a.push({type:2,index:++o});r.append(l[p],x())}}}else if(r.nodeType===8)if(r.data===rt)a.push({type:2,index:o});else{let l=-1;for(;(l=r.data.indexOf($,l+1))!==-1;)a.push({type:7,index:o}),l+=$.length-1}o++}}static createElement(t,e){const s=_.createElement("template");return s.innerHTML=t,s}}function y(i,t,e=i,s){if(t===b)return t;let r=s!==void 0?e._$Co?.[s]:e._$Cl;const o=E(t)?void 0:t._$litDirective$;return r?.constructor!==o&&(r?._$AO?.(!1),o===void 0?r=void 0:(r=new o(i),r._$AT(i,e,s)),s!==void 0?(e._$Co??=[])[s]=r:e._$Cl=r),r!==void 0&&(t=y(i,r._$AS(i,t.values),r,s)),t}class bt{constructor(t,e){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=e}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(t){const{el:{content:e},parts:s}=this._$AD,r=(t?.creationScope??_).importNode(e,!0);g.currentNode=r;let o=g.nextNode(),n=0,c=0,a=s[0];for(;a!==void 0;){if(n===a.index){let h;a.type===2?h=new C(o,o.nextSibling,this,t):a.type===1?h=new a.ctor(o,a.name,a.strings,this,t):a.type===6&&(h=new xt(o,this,t)),this._$AV.push(h),a=s[++c]}n!==a?.index&&(o=g.nextNode(),n++)}return g.currentNode=_,r}p(t){let e=0;for(const s of this._$AV)s!==void 0&&(s.strings!==void 0?(s._$AI(t,s,e),e+=s.strings.length-2):s._$AI(t[e])),e++}}class C{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,e,s,r){this.type=2,this._$AH=d,this._$AN=void 0,this._$AA=t,this._$AB=e,this._$AM=s,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode;const e=this._$AM;return e!==void 0&&t?.nodeType===11&&(t=e.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,e=this){t=y(this,t,e),E(t)?t===d||t==null||t===""?(this._$AH!==d&&this._$AR(),this._$AH=d):t!==this._$AH&&t!==b&&this._(t):t._$litType$!==void 0?this.$(t):t.nodeType!==void 0?this.T(t):_t(t)?this.k(t):this._(t)}O(t){return this._$AA.parentNode.insertBefore(t,this._$AB)}T(t){this._$AH!==t&&(this._$AR(),this._$AH=this.O(t))}_(t){this._$AH!==d&&E(this._$AH)?this._$AA.nextSibling.data=t:this.T(_.createTextNode(t)),this._$AH=t}$(t){const{values:e,_$litType$:s}=t,r=typeof s=="number"?this._$AC(t):(s.el===void 0&&(s.el=S.createElement(nt(s.h,s.h[0]),this.options)),s);if(this._$AH?._$AD===r)this._$AH.p(e);else{const o=new bt(r,this),n=o.u(this.options);o.p(e),this.T(n),this._$AH=o}}_$AC(t){let e=Q.get(t.strings);return e===void 0&&Q.set(t.strings,e=new S(t)),e}k(t){j(this._$AH)||(this._$AH=[],this._$AR());const e=this._$AH;let s,r=0;for(const o of t)r===e.length?e.push(s=new C(this.O(x()),this.O(x()),this,this.options)):s=e[r],s._$AI(o),r++;r<e.length&&(this._$AR(s&&s._$AB.nextSibling,r),e.length=r)}_$AR(t=this._$AA.nextSibling,e){for(this._$AP?.(!1,!0,e);t!==this._$AB;){const s=Z(t).nextSibling;Z(t).remove(),t=s}}setConnected(t){this._$AM===void 0&&(this._$Cv=t,this._$AP?.(t))}}class M{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,e,s,r,o){this.type=1,this._$AH=d,this._$AN=void 0,this.element=t,this.name=e,this._$AM=r,this.options=o,s.length>2||s[0]!==""||s[1]!==""?(this._$AH=Array(s.length-1).fill(new String),this.strings=s):this._$AH=d}_$AI(t,e=this,s,r){const o=this.strings;let n=!1;if(o===void 0)t=y(this,t,e,0),n=!E(t)||t!==this._$AH&&t!==b,n&&(this._$AH=t);else{const c=t;let a,h;for(t=o[0],a=0;a<o.length-1;a++)h=y(this,c[s+a],e,a),h===b&&(h=this._$AH[a]),n||=!E(h)||h!==this._$AH[a],h===d?t=d:t!==d&&(t+=(h??"")+o[a+1]),this._$AH[a]=h}n&&!r&&this.j(t)}j(t){t===d?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,t??"")}}class yt extends M{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===d?void 0:t}}class At extends M{constructor(){super(...arguments),this.type=4}j(t){this.element.toggleAttribute(this.name,!!t&&t!==d)}}class wt extends M{constructor(t,e,s,r,o){super(t,e,s,r,o),this.type=5}_$AI(t,e=this){if((t=y(this,t,e,0)??d)===b)return;const s=this._$AH,r=t===d&&s!==d||t.capture!==s.capture||t.once!==s.once||t.passive!==s.passive,o=t!==d&&(s===d||r);r&&this.element.removeEventListener(this.name,this,s),o&&this.element.addEventListener(this.name,this,t),this._$AH=t}handleEvent(t){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)}}class xt{constructor(t,e,s){this.element=t,this.type=6,this._$AN=void 0,this._$AM=e,this.options=s}get _$AU(){return this._$AM._$AU}_$AI(t){y(this,t)}}const Et=D.litHtmlPolyfillSupport;Et?.(S,C),(D.litHtmlVersions??=[]).push("3.3.3");const St=(i,t,e)=>{const s=e?.renderBefore??t;let r=s._$litPart$;if(r===void 0){const o=e?.renderBefore??null;s._$litPart$=r=new C(t.insertBefore(x(),o),o,void 0,e??{})}return r._$AI(i),r};const B=globalThis;class U extends v{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){const t=super.createRenderRoot();return this.renderOptions.renderBefore??=t.firstChild,t}update(t){const e=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(t),this._$Do=St(e,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return b}}U._$litElement$=!0,U.finalized=!0,B.litElementHydrateSupport?.({LitElement:U});const Ct=B.litElementPolyfillSupport;Ct?.({LitElement:U});(B.litElementVersions??=[]).push("4.2.2");const Dt=O`
  :host {
    display: block;
  }
  h2,
  h3,
  p,
  dl,
  ol,
  ul {
    margin: 0;
  }
  h3 {
    font-size: 1rem;
    font-weight: 600;
  }
  code,
  .mono {
    font-family: var(--mono);
    font-size: 0.86em;
    overflow-wrap: anywhere;
  }
  .quiet {
    color: var(--quiet);
  }
  .small {
    font-size: 0.86rem;
  }
  bdi {
    overflow-wrap: anywhere;
  }
  a {
    color: var(--link);
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`,jt=O`
  button,
  .button {
    font: inherit;
    font-weight: 500;
    padding: 0.5rem 1rem;
    min-height: 2.75rem;
    box-sizing: border-box;
    border: 1px solid var(--line-strong);
    border-radius: var(--button-radius, 0.5rem);
    background: var(--surface);
    color: var(--text);
    cursor: pointer;
  }
  button.main,
  .button.main {
    background: var(--main);
    border-color: var(--main);
    color: var(--on-main);
  }
  button:hover:not(:disabled) {
    border-color: var(--main);
  }
  button:disabled {
    opacity: 0.55;
    cursor: default;
  }
  input,
  select,
  textarea {
    font: inherit;
    padding: 0.5rem 0.75rem;
    min-height: 2.75rem;
    width: 100%;
    box-sizing: border-box;
    border: solid var(--line-strong);
    border-width: var(--field-border, 1px);
    border-radius: var(--field-radius, 0.5rem);
    background: var(--field, var(--surface));
    color: var(--text);
  }
  input[aria-invalid="true"] {
    border-color: var(--bad);
  }
  :focus-visible {
    outline: 3px solid var(--focus);
    outline-offset: 2px;
  }
  label {
    display: block;
    font-weight: 500;
    margin-bottom: 0.25rem;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.75rem;
    align-items: center;
  }
`,kt=120,Pt=/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/gu;function Bt(i,t=kt){const e=i.length>4*t?i.slice(0,2*t)+i.slice(-2*t):i,s=[...e.toWellFormed().replace(Pt,"�")];if(s.length<=t&&e===i)return s.join("");const r=Math.floor(t/4);return`${s.slice(0,t-r-1).join("")}…${s.slice(-r).join("")}`}function Ut(i){return String(i).replace(/\B(?=(?:\d{3})+$)/g," ")}function Tt(i,t,e=`${t}s`){return`${Ut(i)} ${i===1?t:e}`}const Ot=new Intl.DateTimeFormat("en-GB",{year:"numeric",month:"short",day:"numeric",hour:"2-digit",minute:"2-digit",second:"2-digit",timeZoneName:"short"});function Wt(i){return Ot.format(i)}function qt(i){return`${new Date(i).toISOString().slice(0,19).replace("T"," ")} UTC`}class Vt{#t;log;constructor(t,e){this.#t=t,this.log=e}static logs(t){return t.callWS({type:"iot_blockchain/logs"})}subscribe(t){return this.#t().connection.subscribeMessage(t,this.#e("subscribe_status"))}entities(){return this.#t().callWS(this.#e("entities"))}readings(t,e,s){return this.#t().callWS({...this.#e("readings"),entity_id:t,...e,...s!==void 0&&{before:s}})}anchors(t){return this.#t().callWS({...this.#e("anchors"),...t!==void 0&&{before:t}})}receipt(t){return this.#s("get_receipt",t)}async evidence(t,e){const s={entity_id:[t],...e},{download:r,waiting:o}=await this.#s("export_evidence",s);return{download:this.#t().hassUrl(r),waiting:o}}async anchorNow(){await this.#s("anchor",{})}nameOf(t){return this.#t().states[t]?.attributes.friendly_name}async#s(t,e){const{response:s}=await this.#t().callWS({type:"call_service",domain:"iot_blockchain",service:t,service_data:{config_entry_id:this.log.entry_id,...e},return_response:!0});return s}#e(t){return{type:`iot_blockchain/${t}`,entry_id:this.log.entry_id}}}function Ft(i){const t=i?.message;return typeof t=="string"&&t!==""?t:"Home Assistant does not answer. Is it there?"}const Zt={pending:{title:"Pending",means:"In the log, and no more: its owner could still change it."},submitted:{title:"Submitted",means:"The anchor was sent; no block holds it yet."},confirmed:{title:"Confirmed",means:"A block holds it, which can still be taken back."},final:{title:"Final",means:"The network calls the block that holds it final."}};function Gt({state:i,unit:t}){return t===null||i==="unavailable"||i==="unknown"?i:`${i} ${t}`}function Jt(i){const t=i===1?"waits for its anchor and is":"wait for their anchor and are";return`${Tt(i,"reading")} of this time ${t} not in this receipt.`}const R=18,Nt=4;function Kt(i,t){const e=i.padStart(R+1,"0"),s=e.slice(0,-R),r=e.slice(-R),o=s==="0"?r.search(/[1-9]/):0,n=o<0?"":r.slice(0,o+Nt).replace(/0+$/,"");return`${s}${n&&`.${n}`} ${t}`.trim()}const Mt=[["day",864e5],["hour",36e5],["minute",6e4]],Ht=new Intl.RelativeTimeFormat("en",{numeric:"auto"});function Xt(i,t){const e=i-t;for(const[s,r]of Mt)if(Math.abs(e)>=r)return Ht.format(Math.trunc(e/r),s);return e>0?"in a moment":"just now"}const Yt=O`
  :host {
    --sans: var(--ha-font-family-body, Roboto, system-ui, sans-serif);
    --mono: var(--ha-font-family-code, ui-monospace, Menlo, Consolas, monospace);
    --page: var(--primary-background-color, #fafafa);
    --surface: var(--card-background-color, #fff);
    --surface-2: var(--secondary-background-color, #eef2f6);
    --text: var(--primary-text-color, #212121);
    --quiet: var(--secondary-text-color, #727272);
    --line: var(--divider-color, #e0e0e0);
    --line-strong: color-mix(in srgb, var(--quiet) 60%, var(--surface));
    --accent: var(--primary-color, #009ac7);
    /* A theme's colours are made for areas; with text, and as text, they need more contrast. */
    --main: color-mix(in srgb, var(--accent) 78%, black);
    --on-main: var(--text-primary-color, #fff);
    --link: color-mix(in srgb, var(--accent) 60%, var(--text));
    --focus: var(--accent);
    /* Home Assistant's own fields have no role that a screen reader knows: ours look like them. */
    --field: var(--ha-color-form-background, var(--surface-2));
    --field-border: 0 0 1px;
    --field-radius: 4px 4px 0 0;
    --button-radius: var(--ha-border-radius-pill, 9999px);
    --good: color-mix(in srgb, var(--success-color, #43a047) 60%, var(--text));
    --good-surface: color-mix(in srgb, var(--success-color, #43a047) 14%, var(--surface));
    --warn: color-mix(in srgb, var(--warning-color, #ffa600) 45%, var(--text));
    --warn-surface: color-mix(in srgb, var(--warning-color, #ffa600) 14%, var(--surface));
    --bad: color-mix(in srgb, var(--error-color, #db4437) 70%, var(--text));
    --bad-surface: color-mix(in srgb, var(--error-color, #db4437) 12%, var(--surface));
    --chart: color-mix(in srgb, var(--accent) 85%, var(--text));
    --gap: color-mix(in srgb, var(--quiet) 25%, var(--surface));
    --gap-strong: color-mix(in srgb, var(--warning-color, #ffa600) 35%, var(--surface));
    color: var(--text);
    font-family: var(--sans);
    line-height: 1.5;
  }
`,Qt=O`
  ha-card {
    display: block;
  }
  ha-card:not(:defined) {
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: 12px;
  }
  h2 {
    font-size: 1.25rem;
    font-weight: 400;
    margin: 0 0 12px;
  }
  section {
    padding: 16px;
  }
  ha-alert,
  p.wrong {
    display: block;
    margin-bottom: 12px;
  }
  .chip {
    display: inline-block;
    border-radius: 1rem;
    padding: 0.05rem 0.6rem;
    font-size: 0.86rem;
    font-weight: 500;
    white-space: nowrap;
    color: var(--warn);
    background: var(--warn-surface);
  }
  .chip.final,
  .chip.confirmed {
    color: var(--good);
    background: var(--good-surface);
  }
  .wrong {
    color: var(--bad);
    overflow-wrap: anywhere;
  }
  .scrolled {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    width: 100%;
    font-size: 0.925rem;
    font-variant-numeric: tabular-nums;
  }
  th {
    text-align: start;
    font-weight: 500;
    color: var(--quiet);
    padding: 0.4rem 0.75rem 0.4rem 0;
    border-bottom: 1px solid var(--line);
    white-space: nowrap;
  }
  td {
    padding: 0.4rem 0.75rem 0.4rem 0;
    border-bottom: 1px solid var(--line);
    vertical-align: middle;
  }
  tbody tr:last-child td {
    border-bottom: 0;
  }
  .number {
    text-align: end;
  }
`;export{d as A,Zt as L,Dt as a,zt as b,jt as c,O as d,Tt as e,Xt as f,Ut as g,Vt as h,U as i,Gt as j,Jt as k,Wt as l,Kt as m,Qt as p,Ft as r,Bt as s,Yt as t,qt as u,Lt as w};
