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

/** A single refusal may come from a meter that is still starting. */
const setupsToConfirm = 2;

/**
 * Decides whether a meter with an identification code without a model is metered. If the meter refuses the registers of
 * signature type and OCMF state as missing, it is not metered, because a guessed model would give wrong values. A meter
 * that has billed here has these registers, so it is metered. A silent or busy meter is also metered, unless it has
 * refused before.
 */
export class UnlistedCode {
  readonly #hasBilled: () => boolean;
  #code: number | undefined;
  #setups = 0;
  #titles: readonly string[] | undefined;

  /** @param hasBilled whether the journal has a transaction or a record of this meter */
  constructor(hasBilled: () => boolean = () => false) {
    this.#hasBilled = hasBilled;
  }

  /** Logs the result of a setup. Raises a fault after a second setup with the same result. */
  report({ message }: MeterError, { faults, log }: { readonly faults: MeterFaults; readonly log: Log }): void {
    if (this.#setups < setupsToConfirm) {
      log.info(
        `${message}. The next setup identifies the meter again and raises the fault ModelUnknown if the result is the same`,
      );
      return;
    }
    faults.clear("CommunicationError");
    faults.raise("ModelUnknown", message);
  }

  /**
   * Returns if the meter may be metered with the model that fits its answers.
   *
   * @throws {MeterError} `unknown_model`: it must not be metered
   */
  async requireMeterable(registers: RegisterAccess, code: number): Promise<void> {
    const { signatureType, transaction: { ocmfState } } = billing;
    // A register that earlier setups found to be missing does not exist because the meter is silent once
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
      ? "its answers fit no known model"
      : `its answers fit ${this.#titles.join(", ")}`;
    const names = meterModels.map(({ name }) => name).join(", ");
    throw new MeterError(
      "unknown_model",
      `Identification code ${code} (${hex(code)}h) is unknown, and the meter has no OCMF registers; ` +
        `${models}. Send us this code, the type on the nameplate and a few values of the display. If the type is ` +
        `known, set \`model\` of this meter to one of ${names}`,
    );
  }
}

/**
 * Whether the meter has a register. `unclear`: the meter is silent or busy.
 *
 * @throws {LineError} the answers are damaged, or the line is closed
 */
async function probe(registers: RegisterAccess, at: number): Promise<"absent" | "there" | "unclear"> {
  try {
    // A disturbance can leave one request without an answer
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
