import type { Log } from "../base/log.ts";
import { LinePace } from "../base/log_pace.ts";
import { hourMs, type Time } from "../base/time.ts";
import type { MeterClock } from "./clock.ts";
import type { ReadFailures } from "./read_failures.ts";
import { Grid, Turn } from "./grid.ts";
import { invertReading } from "./invert.ts";
import type { MeterOptions } from "./meter_options.ts";
import { readOcmfState } from "./ocmf_registers.ts";
import type { Recognition } from "./recognition.ts";
import type { RegisterAccess } from "./register_access.ts";
import { RestartWatch } from "./restart_watch.ts";
import type { OcmfState } from "./registers.ts";
import { takeReading } from "./take_reading.ts";
import type { Identity, Reading } from "./types.ts";

/** The first skipped cycle is reported at once. */
const skipReportEveryMs = hourMs;

/** Dependencies of live polling. */
export interface LivePollDeps {
  readonly identity: Identity;
  readonly options: MeterOptions;
  readonly readFailures: ReadFailures;
  readonly time: Time;
  readonly log: Log;
  readonly recognition: Pick<Recognition, "isCurrent" | "accepted" | "confirm">;
  /** Whether a transaction is open, so that the OCMF state must be read. */
  readonly transactionOpen: () => boolean;
  /** Whether the line was just closed and the meter was not set up after that. */
  readonly interrupted: boolean;
  /** Undefined: the meter has none. */
  readonly clock: MeterClock | undefined;
  readonly onReading: (reading: Reading) => void;
  readonly onOcmfState: (state: OcmfState) => void;
  /** Called with the number of cycles that were skipped because the line had no time. */
  readonly onSkipped: (cycles: number) => void;
}

/** Takes readings on the grid of `liveMeasurementIntervalMs`. Skips a cycle that is not possible in its slot. */
export class LivePoll {
  readonly #deps: LivePollDeps;
  readonly #grid: Grid;
  readonly #turns: { readonly energy: Turn; readonly temperature: Turn; readonly signedValue: Turn };
  readonly #restarts: RestartWatch;
  #unreported = 0;
  readonly #skipPace: LinePace;

  constructor(deps: LivePollDeps) {
    const { options } = deps;
    this.#deps = deps;
    this.#skipPace = new LinePace(deps.time);
    this.#restarts = new RestartWatch({
      clock: deps.clock,
      readState: (registers) => deps.transactionOpen() ? this.#readState(registers) : undefined,
    }, deps.interrupted);
    const offset = options.gridOffset ?? 0;
    this.#grid = new Grid(options.liveMeasurementIntervalMs, offset);
    this.#turns = {
      energy: new Turn(options.energyIntervalMs, offset),
      temperature: new Turn(options.temperatureIntervalMs, offset),
      signedValue: new Turn(options.signedValueIntervalMs, offset),
    };
  }

  /**
   * Polls until `signal` is aborted.
   *
   * @throws {LineError} no usable answer to live values or energies
   * @throws {ModbusError} the meter refused live values or energies
   * @throws {MeterError} `replaced`: another meter answers; `unexpected_value`: its serial number is implausible
   */
  async run(registers: RegisterAccess, signal: AbortSignal): Promise<void> {
    const { time } = this.#deps;
    let slot = this.#grid.slotAt(time.mono()) + 1;
    while (true) {
      await time.sleep(this.#grid.startOf(slot) - time.mono(), signal);
      const { recognition } = this.#deps;
      if (!recognition.isCurrent) await recognition.accepted(signal);
      if (signal.aborted) return;
      await this.#cycle(registers.with({ deadline: this.#grid.startOf(slot + 1), signal }), slot, signal);
      const next = Math.max(slot + 1, this.#grid.slotAt(time.mono()));
      if (next > slot + 1) this.#skipped(next - slot - 1);
      slot = next;
    }
  }

  async #cycle(registers: RegisterAccess, slot: number, signal: AbortSignal): Promise<void> {
    const { identity, options, readFailures, time } = this.#deps;
    const startMs = this.#grid.startOf(slot);
    const wanted = {
      energy: this.#turns.energy.take(startMs),
      temperature: this.#turns.temperature.take(startMs),
      extended: options.extendedValues,
      signedValue: options.publishSignedValues === "every" && this.#turns.signedValue.take(startMs),
    };
    const reading = await takeReading(registers, identity, wanted, { now: () => time.now(), readFailures });
    await this.#deps.recognition.confirm(reading, signal);
    if (signal.aborted) return;
    this.#deps.onReading(options.invert ? invertReading(reading) : reading);
    const monitoring = options.monitorTransactionState && this.#deps.transactionOpen();
    if (monitoring) await this.#attempt("OCMF state", registers, () => this.#readState(registers));
    const restart = () => this.#restarts.check(registers, monitoring);
    await this.#attempt("state after an interruption", registers, restart);
  }

  /** A read whose failure does not fail the reading. */
  async #attempt(what: string, registers: RegisterAccess, read: () => Promise<void>): Promise<void> {
    const { readFailures } = this.#deps;
    try {
      await read();
      readFailures.worked(what);
    } catch (error) {
      if (registers.withdrawn) throw error;
      readFailures.failed(what, error);
    }
  }

  async #readState(registers: RegisterAccess): Promise<void> {
    const state = await readOcmfState(registers);
    if (!registers.withdrawn) this.#deps.onOcmfState(state);
  }

  #skipped(cycles: number): void {
    const { log, onSkipped } = this.#deps;
    onSkipped(cycles);
    this.#unreported += cycles;
    if (!this.#skipPace.isDue(skipReportEveryMs)) return;
    log.warn(
      `Skipped ${this.#unreported} live cycles, because the line had no time: ` +
        "increase live_measurement_interval_ms, or read energies, temperature and signed values less often",
    );
    this.#unreported = 0;
  }
}
