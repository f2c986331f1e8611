/** Readings over time, with the gaps in them and the anchor that holds them. */

import { css, html, LitElement, nothing } from "lit";

import type { Series, Timeline } from "../readings/timeline.ts";
import { drawing, heightOnPaper, PAPER, SCREEN, WHY, type Format } from "./drawing.ts";
import { basics } from "./styles.ts";
import { counted, shown, utcTime } from "./text.ts";

const MIN_WIDTH = 240;

export class ReadingsChart extends LitElement {
  static override properties = {
    timeline: { attribute: false },
    anchored: { type: Number },
    earlier: { attribute: false },
    room: { type: Number },
    width: { state: true },
  };
  declare timeline: Timeline | undefined;
  /** When the anchor's block was made, in milliseconds since 1970. */
  declare anchored: number | undefined;
  /** When the blocks of earlier anchors were made. */
  declare earlier: readonly number[];
  /** How high all drawings together may be on paper, in pixels. */
  declare room: number;
  declare width: number;

  readonly #resized = new ResizeObserver(([entry]) => {
    this.width = Math.max(MIN_WIDTH, Math.floor(entry!.contentRect.width));
  });

  constructor() {
    super();
    this.earlier = [];
    this.room = Infinity;
    this.width = 640;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  protected override render() {
    const { timeline } = this;
    if (timeline === undefined) return nothing;
    const { series, others } = timeline;
    const drawn = series.map((one, index) =>
      this.#figure(one, timeline, index === series.length - 1),
    );
    return html`
      <div class="screen">${drawn}</div>
      <div class="paper">${this.#onPaper(timeline)}</div>
      ${this.#legend(timeline)}
      ${
        others
          ? html`<p class="screen small quiet">
              ${counted(others, "more entity", "more entities")} in the table.
            </p>`
          : nothing
      }
    `;
  }

  get #anchors(): readonly number[] {
    return this.anchored === undefined ? [] : [...this.earlier, this.anchored];
  }

  #figure(series: Series, timeline: Timeline, last: boolean) {
    const format = { width: this.width, ...SCREEN };
    return html`<figure>
      ${caption(series)} ${drawing(series, timeline, this.#anchors, format, last)}
    </figure>`;
  }

  /** A page is as wide as it is, whatever the screen was, and holds as many drawings as fit. */
  #onPaper(timeline: Timeline) {
    const { series, others } = timeline;
    const fitting = (format: Format) => {
      let room = this.room;
      const full = series.findIndex((one) => (room -= heightOnPaper(one, format)) < 0);
      return full < 0 ? series : series.slice(0, full);
    };
    const format = PAPER.find((one) => fitting(one) === series) ?? PAPER.at(-1)!;
    const some = fitting(format);
    const left = series.length + others - some.length;
    const [one, several] = some.length ? ["more entity", "more entities"] : ["entity", "entities"];
    return html`
      ${some.map(
        (series, index) =>
          html`<figure>
            ${caption(series)}
            ${drawing(series, timeline, this.#anchors, format, index === some.length - 1)}
          </figure>`,
      )}
      ${left ? html`<p class="small">${counted(left, one, several)} in the file</p>` : nothing}
    `;
  }

  #legend({ series, stops }: Timeline) {
    const missing = [...new Set(series.flatMap(({ gaps }) => gaps.map(({ why }) => WHY[why])))];
    return html`<ul class="legend small quiet">
      ${
        this.anchored === undefined
          ? nothing
          : html`<li>
              <span class="key anchor"></span>Anchored,
              ${utcTime(this.anchored)}${this.earlier.length ? ", and earlier in parts" : ""}
            </li>`
      }
      ${
        missing.length
          ? html`<li><span class="key"></span>Gap: the state was ${missing.join(" or ")}</li>`
          : nothing
      }
      ${
        stops.length
          ? html`<li>
              <span class="key stopped"></span>Gap:
              ${[...new Set(stops.map(({ why }) => WHY[why]))].join(" or ")}
            </li>`
          : nothing
      }
    </ul>`;
  }

  static override styles = [
    basics,
    css`
      .paper {
        display: none;
      }
      figure {
        margin: 0 0 0.5rem;
      }
      figcaption {
        font-size: 0.925rem;
        font-weight: 500;
      }
      figcaption .quiet {
        font-weight: 400;
      }
      svg {
        display: block;
        max-width: 100%;
        height: auto;
      }
      text {
        font: 11.5px var(--sans);
        fill: var(--quiet);
      }
      .axis {
        stroke: var(--line-strong);
      }
      .grid {
        stroke: var(--line);
      }
      .line {
        fill: none;
        stroke: var(--chart);
        stroke-width: 2;
        stroke-linejoin: round;
      }
      .dot {
        fill: var(--chart);
      }
      .gap {
        fill: var(--gap);
      }
      .stopped.gap,
      .paused.gap {
        fill: var(--gap-strong);
      }
      .anchor line {
        stroke: var(--good);
        stroke-width: 2;
        stroke-dasharray: 4 3;
      }
      .anchor circle {
        fill: var(--surface);
        stroke: var(--good);
        stroke-width: 2.5;
      }
      .legend {
        list-style: none;
        padding: 0;
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 1.25rem;
      }
      .key {
        display: inline-block;
        width: 1.1rem;
        height: 0.75rem;
        margin-inline-end: 0.4rem;
        vertical-align: -1px;
        background: var(--gap);
      }
      .key.stopped {
        background: var(--gap-strong);
      }
      .key.anchor {
        background: none;
        height: 0;
        border-top: 2px dashed var(--good);
        vertical-align: 4px;
      }
      @media print {
        .gap,
        .key {
          print-color-adjust: exact;
        }
        .screen {
          display: none;
        }
        .paper {
          display: block;
        }
        svg {
          width: 100%;
        }
        figure {
          margin: 0;
        }
        figcaption {
          font-size: 0.85rem;
          line-height: 1.2;
          white-space: nowrap;
        }
      }
    `,
  ];
}

function caption({ entity, unit, count }: Series) {
  const suffix = unit === undefined ? "" : ` in ${shown(unit, 20)}`;
  return html`<figcaption>
    <bdi>${shown(entity, 80)}</bdi
    ><span class="quiet">${suffix}, ${counted(count, "reading")}</span>
  </figcaption>`;
}
