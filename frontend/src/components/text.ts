/** Text from strangers, numbers and times, made fit to be shown. */

const MAX_SHOWN = 120;
// Control and format characters (text that runs backwards among them), and line separators.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/gu;

/**
 * Show a text of any length and content: what does not show itself is shown as U+FFFD, and of a
 * long one the middle is left out.
 */
export function shown(text: string, most = MAX_SHOWN): string {
  const looked = text.length > 4 * most ? text.slice(0, 2 * most) + text.slice(-2 * most) : text;
  const characters = [...looked.toWellFormed().replace(UNSEEN, "\ufffd")];
  if (characters.length <= most && looked === text) return characters.join("");
  const end = Math.floor(most / 4);
  return `${characters.slice(0, most - end - 1).join("")}…${characters.slice(-end).join("")}`;
}

/** Write a number with its thousands apart. */
export function grouped(number: number | bigint | string): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, "\u202f");
}

/** Count things: `1 reading`, `2 readings`. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : several}`;
}

const LOCAL = new Intl.DateTimeFormat("en-GB", {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
});

/** Write a time as the reader's clock shows it, with the name of its zone. */
export function localTime(milliseconds: number): string {
  return LOCAL.format(milliseconds);
}

/** Write a time in UTC: `2026-11-21 12:00:00 UTC`. */
export function utcTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
