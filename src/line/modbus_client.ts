import { Buffer } from "node:buffer";
import modbusSerial from "modbus-serial";
import { PortError } from "../../bridge/mod.ts";
import type { ExchangePort } from "./exchange_port.ts";
import type { Failure } from "../modbus/mod.ts";
import type { LineRequest } from "./line_request.ts";

/** modbus-serial is a CommonJS module with itself as the default export. */
const { default: ModbusRTU } = modbusSerial;

/** Result of an exchange. */
export type Outcome =
  /** The registers of a read, two bytes each; empty after a write. */
  | { readonly kind: "answered"; readonly bytes: Uint8Array }
  | { readonly kind: "refused"; readonly exception: number }
  | { readonly kind: "failed"; readonly failure: Failure }
  /** The line is closed, or was closed before the answer; `error` is the reason, unless it was closed intentionally. */
  | { readonly kind: "gone"; readonly error: unknown };

/** modbus-serial with an {@linkcode ExchangePort}: one exchange at a time; every exchange ends. */
export class ModbusClient {
  readonly #modbus: InstanceType<typeof ModbusRTU>;
  readonly #port: ExchangePort;
  #settle: ((outcome: Outcome) => void) | undefined;

  /** @param port is opened here */
  constructor(port: ExchangePort) {
    this.#port = port;
    this.#modbus = new ModbusRTU(port);
    // An error event without a listener would throw; the close event has the same information
    this.#modbus.on("error", () => {});
    port.on("failure", (failure) => this.#end({ kind: "failed", failure }));
    port.on("close", (error) => this.#end({ kind: "gone", error }));
    this.#modbus.open();
  }

  /** Sends a request of at most 125 words to read, or 123 to write, and waits for its answer. */
  exchange(request: LineRequest): Promise<Outcome> {
    if (!this.#port.isOpen) {
      return Promise.resolve({ kind: "gone", error: new PortError("gone", "The port is closed") });
    }
    return new Promise((settle) => {
      this.#settle = settle;
      if (request.bytes === undefined) this.#read(request);
      else this.#write(request, request.bytes);
    });
  }

  #read({ unit, address, words }: LineRequest): void {
    // Uses the callbacks and not the promises of the client, because this code runs for every exchange
    this.#modbus.writeFC4(unit, address, words, (error, answer) => {
      if (error) return this.#end(outcomeOf(error));
      const { buffer, byteOffset, length } = answer.buffer;
      this.#end({ kind: "answered", bytes: new Uint8Array(buffer, byteOffset, length) });
    });
  }

  #write({ unit, address }: LineRequest, bytes: Uint8Array): void {
    this.#modbus.setID(unit);
    this.#modbus.writeRegisters(address, Buffer.from(bytes))
      .then(() => this.#end({ kind: "answered", bytes: new Uint8Array(0) }))
      .catch((error: unknown) => this.#end(outcomeOf(error)));
  }

  #end(outcome: Outcome): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(outcome);
  }
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof Error && "modbusCode" in error && typeof error.modbusCode === "number") {
    return { kind: "refused", exception: error.modbusCode };
  }
  const what = error instanceof Error ? error.message : String(error);
  return { kind: "failed", failure: { code: "unexpected_answer", what, canArriveLate: false } };
}
