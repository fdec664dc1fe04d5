import { endpointText } from "../base/endpoint.ts";
import type { Time } from "../base/time.ts";
import { PortError } from "../../bridge/mod.ts";
import type { Endpoint } from "../base/endpoint.ts";
import type { Outcome } from "./modbus_client.ts";
import { silentGatewayAdvice } from "./framing_advice.ts";
import { UnitWatch } from "./unit_watch.ts";

/** A meter that restarts or is busy is silent for a shorter time. */
const silenceMs = 5000;

/**
 * Detects that an open line no longer works. A stuck adapter or a gateway without power does not close the connection,
 * and some gateways stay one answer behind.
 */
export class LineWatch {
  readonly #endpoint: Endpoint;
  readonly #time: Time;
  readonly #silence: UnitWatch;
  /** Undefined: an answer does not name its request. */
  readonly #late: UnitWatch | undefined;
  /** Monotonic time of the last byte at the previous check. */
  #receivedAt = -Infinity;
  #everReceived = false;

  constructor(endpoint: Endpoint, time: Time) {
    this.#endpoint = endpoint;
    this.#time = time;
    // A network connection may not have reached a device; an open serial device exists
    const withoutAnswers = endpoint.kind === "tcp" || endpoint.kind === "modbus-tcp";
    this.#silence = new UnitWatch({ withoutAnswers, minMs: silenceMs });
    this.#late = endpoint.kind === "modbus-tcp" ? new UnitWatch({ withoutAnswers: true, minMs: 0 }) : undefined;
  }

  /**
   * Checks the line after an exchange.
   *
   * @param lastByteAt time of the last received byte; bytes between two exchanges are a late answer
   * @returns why the line must be opened again; undefined: it works
   */
  after(unit: number, outcome: Outcome, lastByteAt: number): PortError | undefined {
    const received = lastByteAt > this.#receivedAt;
    this.#receivedAt = lastByteAt;
    this.#everReceived ||= received;
    if (received) this.#silence.answered(unit);
    else if (this.#silence.failed(unit, this.#time.mono())) return this.#silent();
    if (this.#late === undefined) return undefined;
    if (outcome.kind === "answered" || outcome.kind === "refused") this.#late.answered(unit);
    else if (outcome.kind === "failed" && outcome.failure.stale === true) {
      if (this.#late.failed(unit, this.#time.mono())) return this.#error("sends only answers to earlier requests");
    }
    return undefined;
  }

  /** Call it when a unit is no longer used. */
  forget(unit: number): void {
    this.#silence.forget(unit);
    this.#late?.forget(unit);
  }

  #silent(): PortError {
    if (this.#everReceived) return this.#error("no longer sends anything");
    const check = silentGatewayAdvice(this.#endpoint);
    return this.#error("has not sent anything yet", check === undefined ? "" : `; check its baud rate, and ${check}`);
  }

  #error(what: string, advice = ""): PortError {
    const action = this.#endpoint.kind === "serial" ? "reopening it" : "reconnecting";
    return new PortError("gone", `${endpointText(this.#endpoint)} ${what}; ${action}${advice}`);
  }
}
