/** Where things are drawn, and where a scale is marked. */

/** Maps what lies between two values to what lies between two places. */
export function linear(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): (value: number) => number {
  const stretch = to === from ? 0 : (end - start) / (to - from);
  return (value) => (stretch === 0 ? (start + end) / 2 : start + (value - from) * stretch);
}

/** About `wanted` round numbers between two, both of them or what is round within. */
export function roundTicks(from: number, to: number, wanted: number): number[] {
  if (to <= from) return [from];
  const rough = (to - from) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough)!;
  const ticks: number[] = [];
  for (let tick = Math.ceil(from / step); tick * step <= to + step * 1e-9; tick++) {
    ticks.push(Number((tick * step).toPrecision(12)));
  }
  return ticks;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map((n) => n * DAY),
];

/** Round moments of the reader's clock between two, at most `most` of them. */
export function timeTicks(from: number, to: number, most: number): number[] {
  const step = STEPS.find((size) => (to - from) / size <= most) ?? Math.ceil((to - from) / most);
  const shift = new Date(from).getTimezoneOffset() * MINUTE;
  const ticks: number[] = [];
  for (let tick = Math.ceil((from - shift) / step) * step + shift; tick <= to; tick += step) {
    ticks.push(tick);
  }
  return ticks;
}

const DATE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const SECONDS = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** What stands at a moment of a scale, as short as the scale allows. */
export function tickLabel(tick: number, from: number, to: number): string {
  const time = new Date(tick);
  const midnight = time.getHours() === 0 && time.getMinutes() === 0 && time.getSeconds() === 0;
  if (to - from > 3 * DAY || (midnight && to - from > MINUTE)) return DATE.format(time);
  return (to - from < 5 * MINUTE ? SECONDS : CLOCK).format(time);
}
