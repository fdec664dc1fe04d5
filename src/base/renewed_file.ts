import { isDamage } from "./sqlite_error.ts";
import { moveDamagedDatabase } from "./sqlite_files.ts";

/** Dependencies of a renewed file. */
export interface RenewedFileOptions<Data> {
  /** Path of the database; undefined: it is in memory, and cannot be replaced. */
  readonly path: string | undefined;
  /** Opens the database, and creates it if it does not exist. */
  readonly open: () => Data;
  /**
   * Called before a new database is opened in the place of a damaged one.
   *
   * @param damage the error
   * @param damaged the damaged database, closed; undefined: it could not be opened
   * @param movedTo path under which the damaged file is kept
   */
  readonly onRenewed: (damage: Error, damaged: Data | undefined, movedTo: string) => void;
}

/** A database that is opened when it is used, and replaced by a new one if it is damaged. */
export class RenewedFile<Data extends { close(): void }> {
  readonly #options: RenewedFileOptions<Data>;
  #data: Data | undefined;

  constructor(options: RenewedFileOptions<Data>) {
    this.#options = options;
  }

  /** The database; undefined: it is not open. */
  get data(): Data | undefined {
    return this.#data;
  }

  /**
   * Runs `work` with the database; a second time if it finds damage, with a new one.
   *
   * @throws the errors of `open` and `work`
   */
  use<T>(work: (data: Data) => T): T {
    const { path, onRenewed } = this.#options;
    try {
      return work(this.#opened());
    } catch (error) {
      if (path === undefined || !isDamage(error)) throw error;
      const damaged = this.#data;
      this.close();
      onRenewed(error, damaged, moveDamagedDatabase(path));
      return work(this.#opened());
    }
  }

  /** Closes the database. The next use opens it again. */
  close(): void {
    this.#data?.close();
    this.#data = undefined;
  }

  #opened(): Data {
    return this.#data ??= this.#options.open();
  }
}
