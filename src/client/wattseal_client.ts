import { subjectPrefix, subjectToken } from "../base/subject_tokens.ts";
import { Subjects } from "../base/subjects.ts";
import { systemTime, type Time } from "../base/time.ts";
import type { ClientConnection } from "./connection.ts";
import { MeterClient } from "./meter_client.ts";

/** Options of a client. */
export interface ClientOptions {
  /** First tokens of all subjects: `subject_prefix` in the configuration of the nodes. @default `wattseal` */
  readonly prefix?: string;
  /** The pauses between attempts. @default the timers of the runtime */
  readonly time?: Pick<Time, "sleep">;
}

/** A client of the meters of a fleet. Runs in Deno, in Node and in browsers. */
export class WattsealClient {
  readonly #connection: ClientConnection;
  readonly #prefix: string;
  readonly #time: Pick<Time, "sleep">;

  /**
   * A client over a connection.
   *
   * @param connection an open connection of the package `nats` or `nats.ws`; the client never closes it
   * @throws {RangeError} the prefix is invalid
   */
  constructor(connection: ClientConnection, { prefix = "wattseal", time = systemTime }: ClientOptions = {}) {
    if (!subjectPrefix.pattern.test(prefix)) {
      throw new RangeError(`Cannot use the prefix ${JSON.stringify(prefix)}: it must be ${subjectPrefix.allowed}`);
    }
    this.#connection = connection;
    this.#prefix = prefix;
    this.#time = time;
  }

  /**
   * A meter of a site. Sends no request.
   *
   * @throws {RangeError} the name of the site or of the meter is invalid
   */
  meter(site: string, meter: string): MeterClient {
    assertToken("site", site);
    assertToken("meter", meter);
    return new MeterClient(this.#connection, new Subjects(this.#prefix, site), meter, this.#time);
  }
}

function assertToken(what: string, name: string): void {
  if (subjectToken.pattern.test(name)) return;
  throw new RangeError(`Cannot use the ${what} ${JSON.stringify(name)}: it must be ${subjectToken.allowed}`);
}
