/** Times, as entries write them: RFC 3339 in UTC, always with six digits of a second. */

const TIME = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\.[0-9]{6}Z$/;

/** Whether a text is such a time, of a day that there was, in the years 1 to 9999. */
export function isTime(text: string): boolean {
  const parts = TIME.exec(text);
  if (parts === null) return false;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((n) => Number(parts[n]));
  const date = new Date(0);
  date.setUTCFullYear(year!, month! - 1, day!);
  return (
    year! >= 1 &&
    date.getUTCMonth() === month! - 1 &&
    date.getUTCDate() === day! &&
    hour! < 24 &&
    minute! < 60 &&
    second! < 60
  );
}

/** Write a time that is given in whole seconds as entries write it. */
export function withMicroseconds(text: string): string {
  return text.replace(/Z$/, ".000000Z");
}
