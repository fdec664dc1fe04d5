import { hex } from "../base/hex.ts";
import { LineError } from "../line/mod.ts";
import { ModbusError } from "../modbus/mod.ts";
import { fitsModel } from "./fits_model.ts";
import type { Log } from "../base/log.ts";
import { MeterError } from "./errors.ts";
import type { MeterFaults } from "./faults.ts";
import { meterModels, modelsWithoutBilling } from "./models/index.ts";
import { unlessAbsent } from "./refusal.ts";
import type { RegisterAccess } from "./register_access.ts";
import { billing } from "./registers.ts";

/** One refusal may come from a meter that has not finished starting. */
const setupsToConfirm = 2;

/**
 * Decides what becomes of a meter with a code without a model. If it refuses the registers of signature type and OCMF
 * state as absent, it is not metered: a guessed model would give wrong values. A meter that has billed here is metered
 * on, as it has these registers. So is one that is silent or busy, which is no refusal, unless it has refused before.
 */
export class UnlistedCode {
  readonly #hasBilled: () => boolean;
  #code: number | undefined;
  #setups = 0;
  #titles: readonly string[] | undefined;

  /** @param hasBilled whether a transaction or a record of this place is known */
  constructor(hasBilled: () => boolean = () => false) {
    this.#hasBilled = hasBilled;
  }

  /** Logs what one setup found, and raises a fault once another one has found the same: the meter is there. */
  report({ message }: MeterError, { faults, log }: { readonly faults: MeterFaults; readonly log: Log }): void {
    if (this.#setups < setupsToConfirm) {
      log.info(
        `${message}. The next setup identifies it again; the fault ModelUnknown follows if the result is the same`,
      );
      return;
    }
    faults.clear("CommunicationError");
    faults.raise("ModelUnknown", message);
  }

  /**
   * Returns when the meter may be metered as what its answers look like.
   *
   * @throws {MeterError} `unknown_model`: it must not
   */
  async requireMeterable(registers: RegisterAccess, code: number): Promise<void> {
    const { signatureType, transaction: { ocmfState } } = billing;
    // What was refused in setups before is not there because it is silent once.
    const isSure = code === this.#code && this.#setups >= setupsToConfirm;
    const isMissing = async (at: number) => {
      const found = await probe(registers, at);
      return found === "absent" || found === "unclear" && isSure;
    };
    if (this.#hasBilled() || !await isMissing(signatureType.at) || !await isMissing(ocmfState.at)) {
      this.#setups = 0;
      return;
    }
    if (code !== this.#code) [this.#code, this.#setups, this.#titles] = [code, 0, undefined];
    this.#setups++;
    this.#titles ??= await titlesOf(registers);
    const models = this.#titles.length === 0
      ? "its answers fit none of the models that are known"
      : `its answers fit ${this.#titles.join(", ")}`;
    const names = meterModels.map(({ name }) => name).join(", ");
    throw new MeterError(
      "unknown_model",
      `There is no model for identification code ${code} (${hex(code)}h), and the meter has no OCMF registers; ` +
        `${models}. Send us this code, the type on the meter's plate and a few values of its display. If the type is ` +
        `known, set \`model\` of this meter to one of ${names}`,
    );
  }
}

/**
 * Whether the meter has a register. `unclear`: it is silent or busy.
 *
 * @throws {LineError} its answers are damaged, which says nothing about the meter; or the line is closed
 */
async function probe(registers: RegisterAccess, at: number): Promise<"absent" | "there" | "unclear"> {
  try {
    // A disturbance may leave one request without an answer.
    const read = () => registers.with({ attempts: 2 }).read(at, 1);
    return await unlessAbsent(read) === undefined ? "absent" : "there";
  } catch (error) {
    const isSilence = error instanceof LineError && error.code === "timeout" && !error.damaged;
    if (registers.withdrawn || !isSilence && !(error instanceof ModbusError)) throw error;
    return "unclear";
  }
}

async function titlesOf(registers: RegisterAccess): Promise<string[]> {
  const titles: string[] = [];
  for (const model of modelsWithoutBilling) {
    if (await fitsModel(registers.of(model), model)) titles.push(model.title);
  }
  return titles;
}
