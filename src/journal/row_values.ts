/** A row of the database, by column name. */
export type Row = Readonly<Record<string, unknown>>;

/** The latest time that a `Date` can hold. */
const latestMs = 8_640_000_000_000_000;

/** An integer that may be NULL; read as a number or as a bigint. */
export function optionalInteger(row: Row, column: string): number | undefined {
  const value = row[column];
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
}

/** A text that may be NULL. */
export function optionalText(row: Row, column: string): string | undefined {
  const value = row[column];
  return typeof value === "string" ? value : undefined;
}

/**
 * The columns of one row. One damaged column must not prevent reading the row: a column with an invalid value is absent
 * and is listed in `unreadable`.
 */
export class Columns {
  /** The columns that could not be read. */
  readonly unreadable: string[] = [];
  readonly #row: Row;

  constructor(row: Row) {
    this.#row = row;
  }

  /** A text of the given form that may be NULL. */
  text(column: string, is: (value: string) => boolean = () => true): string | undefined {
    return this.#value(column, () => {
      const value = optionalText(this.#row, column);
      return value !== undefined && is(value) ? value : undefined;
    });
  }

  /** A text that is never NULL; `fallback` returns the replacement for one that cannot be read. */
  requiredText(column: string, fallback: () => string, is?: (value: string) => boolean): string {
    return this.text(column, is) ?? this.#missing(column, fallback());
  }

  /** One of the given texts, never NULL. */
  oneOf<T extends string>(column: string, values: readonly T[], fallback: () => T): T {
    const found = this.text(column, (value) => values.some((one) => one === value));
    return values.find((value) => value === found) ?? this.#missing(column, fallback());
  }

  /** An integer that may be NULL. */
  integer(column: string): number | undefined {
    return this.#value(column, () => optionalInteger(this.#row, column));
  }

  /** Milliseconds of a wall clock that may be NULL. */
  timeMs(column: string): number | undefined {
    return this.#value(column, () => {
      const ms = optionalInteger(this.#row, column);
      return ms !== undefined && Math.abs(ms) <= latestMs ? ms : undefined;
    });
  }

  /** Milliseconds of a wall clock, never NULL. */
  requiredTimeMs(column: string, fallback: number): number {
    return this.timeMs(column) ?? this.#missing(column, fallback);
  }

  /** Bytes; empty if they cannot be read. */
  bytes(column: string): Uint8Array {
    const value = this.#row[column];
    return value instanceof Uint8Array ? value : this.#missing(column, new Uint8Array());
  }

  /** A JSON value of the given shape that may be NULL. */
  json<T>(column: string, is: (value: unknown) => value is T): T | undefined {
    return this.#value(column, () => {
      const text = optionalText(this.#row, column);
      const value = text === undefined ? undefined : parsed(text);
      return is(value) ? value : undefined;
    });
  }

  #value<T>(column: string, read: () => T | undefined): T | undefined {
    if (this.#row[column] === null || this.#row[column] === undefined) return undefined;
    const value = read();
    return value ?? this.#missing(column, undefined);
  }

  #missing<T>(column: string, fallback: T): T {
    if (!this.unreadable.includes(column)) this.unreadable.push(column);
    return fallback;
  }
}

/** Whether a text is JSON. */
export function isJson(text: string): boolean {
  return parsed(text) !== undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
