import { join } from "node:path";
import { errorText, type Log } from "./log.ts";
import { replacePrivate } from "./private_files.ts";

/** The meters of a process that may have retained states, also those that are no longer in its configuration. */
export interface KnownMeters {
  readonly names: readonly string[];
  add(names: readonly string[]): void;
  remove(name: string): void;
}

/** File in the state folder. */
const fileName = "meters";

/**
 * Opens the list of known meters in the state folder. It outlives the process, so that a meter that is removed from the
 * configuration while the process is stopped can be found. If the file cannot be read or written, only this is not
 * possible.
 *
 * @param stateDir an existing folder that no other process uses
 * @param site the first tokens of the subjects; the names of another site are dropped
 */
export function openKnownMeters(stateDir: string, site: string, log: Log): KnownMeters {
  return new StoredMeters(join(stateDir, fileName), site, log);
}

/** A list that ends with the process. */
export function unstoredMeters(): KnownMeters {
  const names = new Set<string>();
  return {
    get names() {
      return [...names];
    },
    add: (more) => more.forEach((name) => names.add(name)),
    remove: (name) => void names.delete(name),
  };
}

class StoredMeters implements KnownMeters {
  readonly #path: string;
  readonly #site: string;
  readonly #log: Log;
  readonly #names: Set<string>;

  constructor(path: string, site: string, log: Log) {
    this.#path = path;
    this.#site = site;
    this.#log = log;
    this.#names = new Set(storedNames(path, site));
  }

  get names(): string[] {
    return [...this.#names];
  }

  add(names: readonly string[]): void {
    const added = names.filter((name) => !this.#names.has(name));
    if (added.length === 0) return;
    for (const name of added) this.#names.add(name);
    this.#store();
  }

  remove(name: string): void {
    if (this.#names.delete(name)) this.#store();
  }

  #store(): void {
    try {
      replacePrivate(this.#path, `${JSON.stringify({ site: this.#site, meters: this.names })}\n`);
    } catch (error) {
      this.#log.warn("Cannot store the names of the meters; a meter that is removed later may keep its last states", {
        path: this.#path,
        reason: errorText(error),
      });
    }
  }
}

function storedNames(path: string, site: string): string[] {
  try {
    const stored: unknown = JSON.parse(Deno.readTextFileSync(path));
    const { site: storedSite, meters }: { site?: unknown; meters?: unknown } = Object(stored);
    if (storedSite !== site || !Array.isArray(meters)) return [];
    return meters.filter((name) => typeof name === "string");
  } catch {
    // This is the first process here, or the file is damaged
    return [];
  }
}
