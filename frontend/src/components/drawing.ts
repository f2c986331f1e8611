/** Draws the readings of one entity. Every drawing of a chart has the same scale of time. */

import { nothing, svg, type SVGTemplateResult } from "lit";

import type { Gap, Point, Series, Timeline } from "../readings/timeline.ts";
import { linear, roundTicks, tickLabel, timeTicks } from "./scale.ts";
import { counted, shown, utcTime } from "./text.ts";

/** How large a drawing is, in pixels: numbers have one height, and so has each level of a state. */
export interface Format {
  readonly width: number;
  readonly numbers: number;
  readonly level: number;
  readonly events: number;
}

export const SCREEN: Omit<Format, "width"> = { numbers: 168, level: 26, events: 44 };
/** A page shows a few entities, and much else: the first format where all fit, else the last. */
export const PAPER: readonly Format[] = [
  { width: 700, numbers: 84, level: 16, events: 24 },
  { width: 700, numbers: 60, level: 13, events: 20 },
];

export const WHY: Readonly<Record<Gap["why"], string>> = {
  unavailable: "unavailable",
  unknown: "unknown",
  stopped: "nothing was recorded",
  paused: "a person paused recording",
};

type Scale = (value: number) => number;

const LEFT = 52;
const RIGHT = 14;
const TOP = 18;
const AXIS = 24;
const CAPTION = 16;
const TICK_WIDTH = 90;
const MAX_EVENTS = 400;
// Of more, a drawing would be made of lines: then only the last one is marked.
const MAX_ANCHORS = 30;
const LEVEL_LENGTH = 7;

/**
 * Draw a series, with the anchors that there are, in milliseconds since 1970, the last one last, and
 * with the scale of time below it or not.
 */
export function drawing(
  series: Series,
  { from, to, stops }: Timeline,
  anchors: readonly number[],
  format: Format,
  withTime: boolean,
): SVGTemplateResult {
  const { width } = format;
  const span = spanOf(from, to, anchors.at(-1));
  const inside = anchors.filter((at) => at >= span[0]);
  const marked = inside.length > MAX_ANCHORS ? inside.slice(-1) : inside;
  const x = linear(span, [LEFT, width - RIGHT]);
  const bottom = TOP + heightOf(series, format);
  const y = verticalScale(series, bottom, format);
  const height = bottom + (withTime ? AXIS : 6);
  return svg`<svg
    role="img"
    aria-label=${described(series, anchors)}
    width=${width}
    height=${height}
    viewBox="0 0 ${width} ${height}"
  >
    ${[...series.gaps, ...stops].map((gap) => shade(gap, x, bottom))}
    ${scaleMarks(series, y, width)}
    ${
      series.kind === "events"
        ? series.lines
            .flat()
            .slice(0, MAX_EVENTS)
            .map((point) => event(point, x, bottom))
        : series.lines.map((line, index) => drawn(line, x, y, endOf(series, index, stops, to)))
    }
    <line class="axis" x1=${LEFT} x2=${width - RIGHT} y1=${bottom} y2=${bottom} />
    ${marked.map((at) => anchorMark(x(at), bottom))}
    ${withTime ? timeMarks(span, x, bottom, width) : nothing}
  </svg>`;
}

/** How high the drawing of a series is on paper with its caption, in pixels, the scale of time below. */
export function heightOnPaper(series: Series, format: Format): number {
  return CAPTION + TOP + heightOf(series, format) + AXIS;
}

function heightOf({ kind, levels }: Series, format: Format): number {
  if (kind !== "states") return format[kind];
  return Math.max(format.events, format.level * levels.length);
}

/** From the first moment to the last, with room for a mark at either end. */
function spanOf(from: number, to: number, anchored = to): readonly [number, number] {
  const [low, high] = [Math.min(from, anchored), Math.max(to, anchored)];
  const room = Math.max((high - low) * 0.02, 500);
  return [low - room, high + room];
}

function verticalScale({ kind, levels, lines }: Series, bottom: number, { level }: Format): Scale {
  if (kind === "states") {
    const half = level / 2;
    return linear([levels.length - 1, 0], [TOP + half, bottom - half]);
  }
  const [low, high] = rangeOf(lines.flat());
  const room = Math.max((high - low) * 0.08, Math.abs(high) * 0.005, 0.05);
  return linear([low - room, high + room], [bottom, TOP]);
}

function scaleMarks(series: Series, y: Scale, width: number) {
  const { kind, levels, lines } = series;
  if (kind === "events" || lines.length === 0) return nothing;
  const marks =
    kind === "states"
      ? levels.map((name, level) => [level, shown(name, LEVEL_LENGTH)] as const)
      : roundTicks(...rangeOf(lines.flat()), 4).map((tick) => [tick, String(tick)] as const);
  return marks.map(
    ([value, label]) =>
      svg`<line class="grid" x1=${LEFT} x2=${width - RIGHT} y1=${y(value)} y2=${y(value)} />
        <text x=${LEFT - 8} y=${y(value) + 4} text-anchor="end">${label}</text>`,
  );
}

function rangeOf(points: readonly Point[]): [number, number] {
  return points.reduce<[number, number]>(
    ([least, most], { value }) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  );
}

/** A value holds until the next one: between two points the line goes straight on, then up. */
function drawn(line: readonly Point[], x: Scale, y: Scale, end: number): SVGTemplateResult {
  const [first, ...others] = line as readonly [Point, ...Point[]];
  const rest = others.map(({ at, value }) => `H${round(x(at))}V${round(y(value))}`).join("");
  const path = `M${round(x(first.at))} ${round(y(first.value))}${rest}H${round(x(end))}`;
  const dots = line.length <= 60 ? line : [];
  return svg`<path class="line" d=${path} />
    ${dots.map(({ at, value }) => svg`<circle class="dot" cx=${x(at)} cy=${y(value)} r="2.5" />`)}`;
}

/** Until when the last value of a line held: the next gap, or as long as anything is known. */
function endOf(series: Series, index: number, stops: readonly Gap[], to: number): number {
  const last = series.lines[index]!.at(-1)!.at;
  const ends = [...series.gaps, ...stops].map(({ from }) => from).filter((from) => from >= last);
  return Math.min(to, ...ends);
}

function shade({ from, to, why }: Gap, x: Scale, bottom: number): SVGTemplateResult {
  const width = Math.max(2, x(to) - x(from));
  return svg`<rect class="gap ${why}" x=${x(from)} y=${TOP} width=${width} height=${bottom - TOP}>
    <title>${WHY[why]}</title>
  </rect>`;
}

function event({ at }: Point, x: Scale, bottom: number): SVGTemplateResult {
  return svg`<line class="line" x1=${x(at)} x2=${x(at)} y1=${TOP + 12} y2=${bottom} />
    <circle class="dot" cx=${x(at)} cy=${TOP + 12} r="3.5" />`;
}

function anchorMark(x: number, bottom: number): SVGTemplateResult {
  return svg`<g class="anchor">
    <line x1=${x} x2=${x} y1=${TOP - 4} y2=${bottom} />
    <circle cx=${x} cy=${TOP - 8} r="4" />
  </g>`;
}

function timeMarks(span: readonly [number, number], x: Scale, bottom: number, width: number) {
  const most = Math.max(2, Math.floor((width - LEFT - RIGHT) / TICK_WIDTH));
  const ticks = timeTicks(...span, most);
  const inside = ticks.filter((tick) => x(tick) < width - TICK_WIDTH / 4);
  return inside.map(
    (tick) =>
      svg`<line class="axis" x1=${x(tick)} x2=${x(tick)} y1=${bottom} y2=${bottom + 4} />
        <text x=${x(tick)} y=${bottom + 17} text-anchor="middle">${tickLabel(tick, ...span)}</text>`,
  );
}

/** The chart in a sentence, for who does not see it. The table has it all. */
function described(
  { entity, kind, unit, lines, gaps, count }: Series,
  anchors: readonly number[],
): string {
  const points = lines.flat();
  const suffix = unit === undefined ? "" : ` ${shown(unit, 20)}`;
  const [least, most] = rangeOf(points);
  const range = kind === "numbers" && points.length ? `, from ${least} to ${most}${suffix}` : "";
  const holes = gaps.length ? `, with ${counted(gaps.length, "gap")}` : "";
  const others = anchors.length > 1 ? `, in parts since ${utcTime(anchors[0]!)}` : "";
  const when = anchors.length ? `. Anchored ${utcTime(anchors.at(-1)!)}${others}` : "";
  return `Chart of ${shown(entity, 80)}: ${counted(count, "reading")}${range}${holes}${when}.`;
}

function round(place: number): number {
  return Math.round(place * 10) / 10;
}
