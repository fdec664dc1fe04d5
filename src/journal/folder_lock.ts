import { join } from "node:path";
import { infoOf } from "../base/files.ts";
import { makePrivate, privateFolderMode } from "../base/private_files.ts";
import { JournalError } from "./errors.ts";

/** The lock of a state folder: only one process at a time uses the folder. */
export class FolderLock {
  readonly #folder: string;
  #file: Deno.FsFile;

  private constructor(folder: string, file: Deno.FsFile) {
    this.#folder = folder;
    this.#file = file;
  }

  /**
   * Creates the folder if it is missing and takes its lock. The system releases the lock when the process ends.
   *
   * @throws {JournalError} `locked`, `permission_denied` or `open_failed`
   */
  static take(folder: string): FolderLock {
    try {
      createFolder(folder);
    } catch (error) {
      throw folderError(folder, error);
    }
    return new FolderLock(folder, lockFile(folder));
  }

  /**
   * Takes the lock again if its file was removed: another process would not see the old lock.
   *
   * @throws {JournalError} `locked`: another process has taken the lock
   */
  keep(): void {
    const { dev, ino } = this.#file.statSync();
    const path = join(this.#folder, lockName);
    const there = infoOf(path);
    if (there?.dev === dev && there.ino === ino) return;
    const file = lockFile(this.#folder);
    this.release();
    this.#file = file;
  }

  /** Releases the lock, so that another process can use the folder. */
  release(): void {
    // Closing alone is not enough: a child process that is being started still has a copy of the descriptor
    this.#file.unlockSync();
    this.#file.close();
  }
}

/** File in a state folder that its user locks. */
export const lockName = "lock";

/**
 * Whether a process uses a state folder. Changes nothing there.
 *
 * @returns undefined if that is unknown: the folder does not exist or belongs to another user
 */
export function stateFolderInUse(folder: string): boolean | undefined {
  try {
    using file = Deno.openSync(join(folder, lockName));
    if (!file.tryLockSync(false)) return true;
    file.unlockSync();
    return false;
  } catch {
    return undefined;
  }
}

/** Creates a state folder if it is missing. */
export function createFolder(folder: string): void {
  Deno.mkdirSync(folder, { recursive: true, mode: privateFolderMode });
}

function lockFile(folder: string): Deno.FsFile {
  const path = join(folder, lockName);
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { create: true, write: true });
    makePrivate(path);
  } catch (error) {
    throw folderError(folder, error);
  }
  if (file.tryLockSync(true)) return file;
  file.close();
  throw new JournalError(
    "locked",
    `Cannot use the state folder ${folder}: another process holds ${path}; stop that process, or configure another state_dir`,
  );
}

/** The error for a folder that cannot be used; its message includes the remedy. */
export function folderError(folder: string, error: unknown): JournalError {
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
    return new JournalError(
      "permission_denied",
      `Cannot use the state folder ${folder}: permission denied; make it readable and writable for this user`,
      { cause: error },
    );
  }
  return new JournalError("open_failed", `Cannot use the state folder ${folder}`, { cause: error });
}
