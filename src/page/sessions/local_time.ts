/**
 * A time for an input of a browser, in the browser's time zone: `2026-01-31T08:00:00`.
 *
 * @param time RFC 3339; another text: no time
 * @returns "" without a time
 */
export function localTime(time: string | null): string {
  const date = new Date(time ?? "");
  if (Number.isNaN(date.getTime())) return "";
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [String(date.getFullYear()).padStart(4, "0"), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day}T${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}

/** The time of such an input as RFC 3339 UTC; "" without a time. */
export function dayTime(input: string): string {
  const date = new Date(input);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().replace(".000Z", "Z");
}
