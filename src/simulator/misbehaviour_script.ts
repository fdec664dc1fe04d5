import type { RequestFrame } from "../modbus/mod.ts";
import type { Misbehaviour, RequestMatch, Scripted } from "./misbehaviour.ts";
import { kindOf } from "./protocol.ts";

interface Entry {
  readonly what: Misbehaviour;
  readonly match: RequestMatch;
  hits: number;
}

/** Which requests go wrong, and how. The oldest matching entry is used first. */
export class MisbehaviourScript {
  #entries: Entry[] = [];

  add(what: Misbehaviour, match: RequestMatch): Scripted {
    const entry: Entry = { what, match, hits: 0 };
    this.#entries.push(entry);
    return {
      get hits() {
        return entry.hits;
      },
      cancel: () => this.#entries = this.#entries.filter((other) => other !== entry),
    };
  }

  /** Returns the misbehaviour for this request, and counts it. */
  take(request: RequestFrame): Misbehaviour | undefined {
    const entry = this.#entries.find(({ match }) => matches(match, request));
    if (entry === undefined) return undefined;
    entry.hits++;
    if (entry.hits >= (entry.match.times ?? 1)) this.#entries = this.#entries.filter((other) => other !== entry);
    return entry.what;
  }
}

function matches({ unit, address, kind }: RequestMatch, request: RequestFrame): boolean {
  return (unit === undefined || unit === request.unit) &&
    (address === undefined || address === request.address) &&
    (kind === undefined || kind === kindOf(request));
}
