import { answersAs } from "./answers_as.ts";
import type { Log } from "../base/log.ts";
import { hex } from "./codec.ts";
import { MeterError } from "./errors.ts";
import type { MeterFaults } from "./faults.ts";
import { meterModels, modelsWithoutBilling } from "./models/index.ts";
import { isClosed, unlessAbsent } from "./refusal.ts";
import type { RegisterAccess } from "./register_access.ts";
import { billing } from "./registers.ts";

/** One refusal may come from a meter that has not finished starting. */
const setupsToBeSure = 2;

/**
 * Decides what becomes of a meter with a code without a model. If it refuses the registers of signature type and OCMF
 * state as absent, it is not metered: a guessed model would give wrong values. A meter that has billed here is metered
 * on, as it has these registers. So is one that is silent or busy, which is no refusal.
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
  tell({ message }: MeterError, { faults, log }: { readonly faults: MeterFaults; readonly log: Log }): void {
    if (this.#setups < setupsToBeSure) {
      log.info(`${message}. It is identified once more before this is sure`);
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
  async judge(registers: RegisterAccess, code: number): Promise<void> {
    const { signatureType, transaction: { ocmfState } } = billing;
    if (
      this.#hasBilled() || !await isAbsent(registers, signatureType.at) || !await isAbsent(registers, ocmfState.at)
    ) {
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

/** Whether the meter says that it has no such register. */
async function isAbsent(registers: RegisterAccess, at: number): Promise<boolean> {
  try {
    return await unlessAbsent(() => registers.with({ attempts: 1 }).read(at, 1)) === undefined;
  } catch (error) {
    if (registers.withdrawn || isClosed(error)) throw error;
    return false;
  }
}

async function titlesOf(registers: RegisterAccess): Promise<string[]> {
  const titles: string[] = [];
  for (const model of modelsWithoutBilling) {
    if (await answersAs(registers.of(model), model)) titles.push(model.title);
  }
  return titles;
}
