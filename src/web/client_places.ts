import type { Context } from "hono";
import { networkOf } from "./login_limits.ts";
import { problem } from "./problem.ts";
import type { WebEnv } from "./web_env.ts";

/** Options of {@linkcode ClientPlaces}. */
export interface ClientPlacesOptions {
  /** Answers at the same time. */
  readonly all: number;
  /** Answers to one client at the same time. */
  readonly each: number;
  /** What an answer is, for the message: `open pages`. */
  readonly name: string;
}

/** Limits the long answers at the same time, so that one client cannot hold all of them. */
export class ClientPlaces {
  readonly #taken = new Map<string, number>();
  readonly #options: ClientPlacesOptions;
  #all = 0;

  constructor(options: ClientPlacesOptions) {
    this.#options = options;
  }

  /**
   * Takes a place for the client of a request: its user, or its address if nobody logs in.
   *
   * @returns leaves the place, when called for the first time; without a free place, the answer that says so
   */
  take(context: Context<WebEnv>): (() => void) | Response {
    const { all, each, name } = this.#options;
    const client = clientIn(context);
    const taken = this.#taken.get(client) ?? 0;
    if (this.#all >= all) return busy(context, `The server already has ${all} ${name}; end some, or wait`);
    if (taken >= each) return busy(context, `You already have ${each} ${name}; end some, or wait`);
    this.#all++;
    this.#taken.set(client, taken + 1);
    let isLeft = false;
    return () => {
      if (!isLeft) this.#leave(client);
      isLeft = true;
    };
  }

  #leave(client: string): void {
    const left = (this.#taken.get(client) ?? 1) - 1;
    this.#all--;
    if (left === 0) this.#taken.delete(client);
    else this.#taken.set(client, left);
  }
}

/** An address contains no space. */
function clientIn(context: Context<WebEnv>): string {
  const user = context.get("user");
  return user === undefined ? networkOf(context.get("clientAddress")) : `user ${user}`;
}

function busy(context: Context<WebEnv>, message: string): Response {
  context.header("Retry-After", "30");
  return problem(context, 503, "busy", message);
}
