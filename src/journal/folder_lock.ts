import { join } from "node:path";
import { JournalError } from "./errors.ts";

/** One process at a time uses a state folder. */
export class FolderLock {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Creates the folder where it is missing and takes its lock, which the system releases when the process ends.
   *
   * @throws {JournalError} `locked`, `permission_denied` or `open_failed`
   */
  static take(folder: string): FolderLock {
    const path = join(folder, "lock");
    let file: Deno.FsFile;
    try {
      Deno.mkdirSync(folder, { recursive: true, mode: 0o750 });
      file = Deno.openSync(path, { create: true, write: true });
    } catch (error) {
      throw folderError(folder, error);
    }
    if (file.tryLockSync(true)) return new FolderLock(file);
    file.close();
    throw new JournalError(
      "locked",
      `Cannot use the state folder ${folder}: another process holds ${path}; stop it, or give this one its own state_dir`,
    );
  }

  /** Lets the next process in. */
  release(): void {
    // Closing alone is not enough: a child that is being started at this moment still has a copy of the descriptor
    this.#file.unlockSync();
    this.#file.close();
  }
}

/** What is wrong with a folder, in words that say what to do. */
export function folderError(folder: string, error: unknown): JournalError {
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
    return new JournalError(
      "permission_denied",
      `Cannot use the state folder ${folder}: permission denied; make it readable and writable for this user`,
      { cause: error },
    );
  }
  return new JournalError(
    "open_failed",
    `Cannot use the state folder ${folder}: ${error instanceof Error ? error.message : String(error)}`,
    { cause: error },
  );
}
