import { hex } from "../base/hex.ts";
import { type Field, wordsOf } from "./codec.ts";

/** Words from several reads. */
export class ReadWords {
  readonly #parts: { readonly start: number; readonly bytes: Uint8Array }[] = [];

  /** Adds the words of a read that begins at register `start`. */
  add(start: number, bytes: Uint8Array): void {
    this.#parts.push({ start, bytes });
  }

  /**
   * The words of a field.
   *
   * @throws {RangeError} no read has returned all of them
   */
  of(field: Field): Uint8Array {
    const length = wordsOf(field) * 2;
    for (const { start, bytes } of this.#parts) {
      const offset = (field.at - start) * 2;
      if (offset >= 0 && offset + length <= bytes.length) return bytes.subarray(offset, offset + length);
    }
    throw new RangeError(`Register ${hex(field.at)}h was not read`);
  }
}
