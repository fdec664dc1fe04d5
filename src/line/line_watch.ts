import type { Time } from "../base/time.ts";
import { PortError } from "../../bridge/mod.ts";
import type { Endpoint } from "../base/endpoint.ts";
import { endpointText } from "./line_options.ts";
import type { Outcome } from "./modbus_client.ts";
import { silentGatewayAdvice } from "./framing_advice.ts";
import { UnitWatch } from "./unit_watch.ts";

/** A meter that restarts, or is busy for a while, is silent for less. */
const silenceMs = 5000;

/**
 * Detects that an open line no longer works. An adapter that hangs and a gateway without power close no connection, and
 * some gateways stay one answer behind.
 */
export class LineWatch {
  readonly #endpoint: Endpoint;
  readonly #time: Time;
  readonly #silence: UnitWatch;
  /** Absent where an answer does not name its request. */
  readonly #lag: UnitWatch | undefined;
  /** Monotonic time of the last byte that the line was judged by. */
  #heardAt = -Infinity;
  #everHeard = false;

  constructor(endpoint: Endpoint, time: Time) {
    this.#endpoint = endpoint;
    this.#time = time;
    // A network connection may never have reached a device; a serial device that was opened is there.
    const unheardToo = endpoint.kind === "tcp" || endpoint.kind === "modbus-tcp";
    this.#silence = new UnitWatch({ unheardToo, leastMs: silenceMs });
    this.#lag = endpoint.kind === "modbus-tcp" ? new UnitWatch({ unheardToo: true, leastMs: 0 }) : undefined;
  }

  /**
   * Judges the line after an exchange.
   *
   * @param lastByteAt when the last byte came, whatever it was; bytes between two exchanges are a late answer
   * @returns why the line must be opened again; undefined: it works
   */
  after(unit: number, outcome: Outcome, lastByteAt: number): PortError | undefined {
    const heard = lastByteAt > this.#heardAt;
    this.#heardAt = lastByteAt;
    this.#everHeard ||= heard;
    if (heard) this.#silence.heard(unit);
    else if (this.#silence.troubled(unit, this.#time.mono())) return this.#silent();
    if (this.#lag === undefined) return undefined;
    if (outcome.kind === "answered" || outcome.kind === "refused") this.#lag.heard(unit);
    else if (outcome.kind === "failed" && outcome.failure.stale === true) {
      if (this.#lag.troubled(unit, this.#time.mono())) return this.#error("Only answers to earlier requests come from");
    }
    return undefined;
  }

  #silent(): PortError {
    if (this.#everHeard) return this.#error("Nothing comes from", " any more");
    const check = silentGatewayAdvice(this.#endpoint);
    return this.#error(
      "Nothing has come yet from",
      "",
      check === undefined ? "" : `; check its baud rate, and ${check}`,
    );
  }

  #error(what: string, more = "", advice = ""): PortError {
    const action = this.#endpoint.kind === "serial" ? "opened again" : "connected to again";
    return new PortError("gone", `${what} ${endpointText(this.#endpoint)}${more}; it is ${action}${advice}`);
  }
}
