interface Found {
  readonly columns: readonly string[];
  readonly readAgain: () => unknown;
}

/** The most rows that one refresh reads again. */
const maxRefreshed = 100;

/** The columns that could not be read, by row. */
export class UnreadableColumns {
  readonly #rows = new Map<string, Found>();

  /** The rows in which a column cannot be read. */
  rowsWith(column: string): string[] {
    return [...this.#rows].filter(([, { columns }]) => columns.includes(column)).map(([row]) => row);
  }

  /** Each column as `verdict of record 17`. */
  get found(): readonly string[] {
    return [...this.#rows].flatMap(([row, { columns }]) => columns.map((column) => `${column} of ${row}`));
  }

  /** Stores which columns of a row could not be read; an empty list removes the row. */
  note(row: string, columns: readonly string[], readAgain: () => unknown): void {
    if (columns.length > 0) this.#rows.set(row, { columns, readAgain });
    else if (this.#rows.size > 0) this.#rows.delete(row);
  }

  /** Reads the rows again. Rows that were repaired or removed are no longer listed. */
  refresh(): void {
    for (const [row, { readAgain }] of [...this.#rows].slice(0, maxRefreshed)) {
      this.#rows.delete(row);
      readAgain();
    }
  }
}
