import { createContext, useContext, useMemo } from "./html.ts";
import { type Language, useLanguage } from "./language.ts";

const minus = "\u2212";
/** Between a number and its unit, so that they stay in one line. */
const narrowSpace = "\u202f";

/** The regions whose customs the dates and numbers follow: a 24-hour clock in both. */
const locales: Readonly<Record<Language, string>> = { en: "en-GB", de: "de-DE" };

/** Units of a duration, the largest first, with their seconds. */
const durationUnits = [["d", 86_400], ["h", 3600], ["min", 60], ["s", 1]] as const;

/** Clocks of machines differ by less. */
const minAheadMs = 60_000;

/** Numbers, times and durations as texts in one language. */
export class Formats {
  readonly #locale: string;
  readonly #numbers = new Map<number, Intl.NumberFormat>();
  readonly #dateTime: Intl.DateTimeFormat;
  readonly #time: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #clock: Intl.DateTimeFormat;

  /** @param timeZone IANA name. @default that of the browser */
  constructor(language: Language, timeZone?: string) {
    this.#locale = locales[language];
    const zone = timeZone === undefined ? {} : { timeZone };
    this.#dateTime = new Intl.DateTimeFormat(this.#locale, { dateStyle: "medium", timeStyle: "medium", ...zone });
    this.#time = new Intl.DateTimeFormat(this.#locale, { timeStyle: "medium", ...zone });
    this.#clock = new Intl.DateTimeFormat(this.#locale, { timeStyle: "short", ...zone });
    this.#day = new Intl.DateTimeFormat(this.#locale, { dateStyle: "short", ...zone });
  }

  /** A number with grouped digits. @param digits after the decimal separator. @default 0 */
  number(value: number, digits = 0): string {
    let format = this.#numbers.get(digits);
    if (format === undefined) {
      format = new Intl.NumberFormat(this.#locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
      this.#numbers.set(digits, format);
    }
    return format.format(value).replace("-", minus);
  }

  /** A number with its unit. @param digits after the decimal separator. @default 0 */
  value(value: number, unit: string, digits = 0): string {
    return `${this.number(value, digits)}${narrowSpace}${unit}`;
  }

  /** A power in the unit that fits it. @param watts negative: export */
  power(watts: number): string {
    return this.#scaled(watts, "W");
  }

  /** An energy in the unit that fits it. */
  energy(wattHours: number): string {
    return this.#scaled(wattHours, "Wh");
  }

  /** A moment with its date. @param moment RFC 3339, or milliseconds since 1970 */
  dateTime(moment: string | number): string {
    return this.#format(this.#dateTime, moment);
  }

  /** The time of day of a moment; with its date if that is another day than that of `nowMs`. */
  time(moment: string | number, nowMs?: number): string {
    const isSameDay = nowMs === undefined || this.#format(this.#day, moment) === this.#format(this.#day, nowMs);
    return this.#format(isSameDay ? this.#time : this.#dateTime, moment);
  }

  /** Hours and minutes of a moment. */
  clock(moment: string | number): string {
    return this.#format(this.#clock, moment);
  }

  /** A duration in its two largest units: `1 h 12 min`. */
  duration(seconds: number): string {
    let rest = Math.max(0, Math.round(seconds));
    const parts = durationUnits.map(([unit, size]) => {
      const count = Math.floor(rest / size);
      rest -= count * size;
      return { unit, count };
    });
    const first = parts.findIndex(({ count }) => count > 0);
    if (first === -1) return this.value(0, "s");
    return parts.slice(first, first + 2).filter(({ count }, index) => index === 0 || count > 0)
      .map(({ unit, count }) => this.value(count, unit)).join(" ");
  }

  /** An age in its largest unit: `12 min`. That of a time far ahead of the clock is negative, not 0. */
  age(ms: number): string {
    if (ms <= -minAheadMs) return `${minus}${this.age(-ms)}`;
    const seconds = Math.max(0, Math.floor(ms / 1000));
    const [unit, size] = durationUnits.find(([, size]) => seconds >= size) ?? ["s", 1];
    return this.value(Math.floor(seconds / size), unit);
  }

  #format(format: Intl.DateTimeFormat, moment: string | number): string {
    const date = new Date(moment);
    return Number.isNaN(date.getTime()) ? String(moment) : format.format(date);
  }

  /** Three to five significant digits, in the unit, its thousand or its million. */
  #scaled(value: number, unit: string): string {
    const size = Math.abs(value);
    if (size < 999.5) return this.value(value, unit, 0);
    if (size < 999_500) return this.value(value / 1e3, `k${unit}`, size < 99_950 ? 2 : 1);
    if (size < 999_500_000) return this.value(value / 1e6, `M${unit}`, 2);
    return this.value(value / 1e9, `G${unit}`, 2);
  }
}

/** Formats that all components below share: to make them takes milliseconds. */
export const FormatsContext = createContext<Formats | undefined>(undefined);

/** Formats in the language of the page. */
export function useFormats(): Formats {
  const language = useLanguage();
  const shared = useContext(FormatsContext);
  return useMemo(() => shared ?? new Formats(language), [shared, language]);
}
