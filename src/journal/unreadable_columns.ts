interface Found {
  readonly columns: readonly string[];
  readonly readAgain: () => unknown;
}

/** Rows that are looked at again at once. */
const most = 100;

/** Which columns could not be read, by their rows. */
export class UnreadableColumns {
  readonly #rows = new Map<string, Found>();

  /** The rows of which a column cannot be read. */
  rowsWith(column: string): string[] {
    return [...this.#rows].filter(([, { columns }]) => columns.includes(column)).map(([row]) => row);
  }

  /** A part of a sentence for each column: `verdict of record 17`. */
  get found(): readonly string[] {
    return [...this.#rows].flatMap(([row, { columns }]) => columns.map((column) => `${column} of ${row}`));
  }

  /** Keeps which columns of a row could not be read; none: the row is removed from the list. */
  note(row: string, columns: readonly string[], readAgain: () => unknown): void {
    if (columns.length > 0) this.#rows.set(row, { columns, readAgain });
    else if (this.#rows.size > 0) this.#rows.delete(row);
  }

  /** Reads the rows again; rows that were repaired or removed are no longer listed. */
  refresh(): void {
    for (const [row, { readAgain }] of [...this.#rows].slice(0, most)) {
      this.#rows.delete(row);
      readAgain();
    }
  }
}
