import { countText } from "../base/text.ts";
import { type Endpoint, Line, LineError } from "../line/mod.ts";
import { ModbusError } from "../modbus/mod.ts";
import { PortError, type RtsSettings } from "../../bridge/mod.ts";
import { errorText } from "../base/log.ts";
import { systemTime, type Time } from "../base/time.ts";
import { type Identified, identifyOnce, registers } from "../meter/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { durationText, ProgressLine } from "./progress_line.ts";
import { jsonLine, lines } from "./safe_text.ts";
import { type Parity, type ScanRound, scanRounds, type ScanSetting, settingText, unansweredMs } from "./scan_plan.ts";
import { schemaLine } from "./schema_line.ts";
import { configurationText, meterText } from "./scan_text.ts";
import type { FoundMeter } from "./scan_text.ts";

/** Where to look for meters. */
export interface ScanArguments {
  readonly endpoint: Endpoint;
  /** For a serial port: tried in this order, each with each parity, until a meter answers. */
  readonly baudrates: readonly number[];
  readonly parities: readonly Parity[];
  /** Unit ids, 1..247. */
  readonly units: readonly number[];
  /** How long to wait for a meter, in addition to the time on the wire. */
  readonly timeoutMs: number;
  /** Use of the RTS signal. @default on */
  readonly rts?: RtsSettings;
  /** Host name of this machine, for the configuration. */
  readonly host?: string | undefined;
  readonly json: boolean;
}

type ScanIo = Pick<Io, "out" | "err" | "errIsTerminal" | "interrupted">;

/** Attempts with a device that has answered before. */
const attempts = 3;

/** Maximum silence within an answer: adapters deliver bytes in chunks. */
const withinMessageMs = 30;

/**
 * Finds the meters on a line: reads the identification code of each unit. Writes nothing to the meters. All devices on
 * a line have the same baud rate and parity, so the scan keeps the first settings with which a meter answers. The
 * meters found go to standard output as a configuration, or with `json` as one object per meter.
 *
 * @returns the exit code: 0 meters were found, 1 no meter was found, 3 the port or gateway cannot be used, 130
 * interrupted
 */
export function scan(args: ScanArguments, io: ScanIo, time: Time = systemTime): Promise<number> {
  return new Scan(args, io, time).run();
}

class Scan {
  readonly #args: ScanArguments;
  readonly #io: ScanIo;
  readonly #progress: ProgressLine;
  readonly #found: FoundMeter[] = [];
  /** Rounds that have not started. */
  #rounds: ScanRound[];
  #unitsTried = 0;
  /** Whether the port or the gateway was opened. */
  #isOpen = false;
  /** Whether at least one round was completed. */
  #anyRoundWorked = false;
  /** Units that sent any complete answer. */
  readonly #answering = new Set<number>();

  constructor(args: ScanArguments, io: ScanIo, time: Time) {
    this.#args = args;
    this.#io = io;
    this.#progress = new ProgressLine(io, time);
    this.#rounds = scanRounds(args);
  }

  async run(): Promise<number> {
    const { interrupted } = this.#io;
    for (let round = this.#rounds.shift(); round !== undefined; round = this.#rounds.shift()) {
      const { setting } = round;
      if (!await this.#runRound(round)) {
        if (setting.endpoint.kind === "serial" || !this.#isOpen) return exitCode.unreachable;
        // A gateway may close the connection because the framing is wrong
        this.#rounds = this.#rounds.filter((other) => other.setting !== setting);
        continue;
      }
      this.#anyRoundWorked = true;
      if (interrupted.aborted) {
        this.#finish(setting);
        return exitCode.interrupted;
      }
      if (this.#found.length === 0) continue;
      // The settings of the line are known now: skip the rounds with other settings
      this.#rounds = this.#rounds.filter((other) => other.setting === setting);
      if (this.#rounds.length > 0) continue;
      this.#finish(setting);
      return exitCode.done;
    }
    if (!this.#anyRoundWorked) return exitCode.unreachable;
    this.#progress.print(lines(nothingFoundText(this.#args.endpoint, [...this.#answering])));
    return exitCode.failed;
  }

  /** Runs a round. Prints why the port or the gateway cannot be used, and returns false in that case. */
  async #runRound({ setting, units }: ScanRound): Promise<boolean> {
    const line = new Line(this.#lineOptions(setting), { time: systemTime });
    try {
      const failure = await line.start();
      if (failure !== undefined) throw failure;
      this.#isOpen = true;
      for (const [index, unit] of units.entries()) {
        if (this.#io.interrupted.aborted) break;
        this.#showProgress(setting, unit, units.slice(index));
        const found = await this.#identityAt(unit, line);
        this.#unitsTried++;
        if (found !== undefined) this.#report(setting, unit, found);
      }
      return true;
    } catch (error) {
      if (!(error instanceof LineError || error instanceof PortError)) throw error;
      this.#progress.print(lines(`${errorText(error)}${otherUserHint(setting.endpoint)}`));
      return false;
    } finally {
      this.#progress.clear();
      await line.close();
    }
  }

  #lineOptions({ endpoint, baudrate, parity }: ScanSetting): ConstructorParameters<typeof Line>[0] {
    return {
      name: "scan",
      endpoint,
      baudrate,
      parity,
      stopBits: 1,
      rtscts: false,
      ...this.#args.rts,
      ignoreEcho: false,
      initialTimeoutMs: this.#args.timeoutMs,
      withinMessageTimeoutMs: withinMessageMs,
      retries: 0,
    };
  }

  /** Prints devices that answer and are not meters. @returns undefined if no meter answers */
  async #identityAt(unit: number, line: Line): Promise<Identified | undefined> {
    const { interrupted } = this.#io;
    try {
      await this.#readCode(unit, line);
    } catch (error) {
      if (interrupted.aborted) return undefined;
      if (error instanceof ModbusError) {
        this.#answering.add(unit);
        this.#progress.print(lines(`Unit ${unit} answers, but is not a Carlo Gavazzi meter: ${error.message}`));
      } else if (!(error instanceof LineError) || error.code === "closed") throw error;
      else if (error.code !== "timeout") this.#progress.print(lines(`Unit ${unit}: ${error.message}`));
      return undefined;
    }
    this.#answering.add(unit);
    try {
      return await identifyOnce(unit, attempts, line, interrupted);
    } catch (error) {
      if (interrupted.aborted) return undefined;
      this.#progress.print(lines(`Unit ${unit} answers, but cannot be identified: ${errorText(error)}`));
      return undefined;
    }
  }

  /**
   * Sends one request; more if the answer is damaged, because then a device is there.
   *
   * @throws the error of the damaged answer, if no answer follows it
   */
  async #readCode(unit: number, line: Line): Promise<void> {
    const read = (tries: number) =>
      line.read(unit, registers.identificationCode.at, 1, {
        priority: "live",
        attempts: tries,
        signal: this.#io.interrupted,
      });
    try {
      await read(1);
    } catch (error) {
      if (!(error instanceof LineError) || !error.damaged) throw error;
      try {
        await read(attempts);
      } catch (later) {
        throw later instanceof LineError && later.code === "timeout" ? error : later;
      }
    }
  }

  #report({ endpoint, baudrate, parity }: ScanSetting, unit: number, { identity, wiring }: Identified): void {
    const { model, code, serialNumber } = identity;
    const meter: FoundMeter = {
      unit,
      model,
      identification_code: code,
      serial_number: serialNumber,
      wiring: wiring.suspicions,
      ...(endpoint.kind === "serial" && { baudrate, parity }),
    };
    this.#found.push(meter);
    this.#progress.clear();
    if (this.#args.json) this.#io.out(jsonLine(meter));
    else this.#io.err(lines(...meterText(meter)));
  }

  #showProgress(setting: ScanSetting, unit: number, left: readonly number[]): void {
    const rounds = this.#found.length === 0 ? this.#rounds : this.#rounds.filter((other) => other.setting === setting);
    const all = [{ setting, units: left }, ...rounds];
    const total = this.#unitsTried + all.reduce((sum, { units }) => sum + units.length, 0);
    const ms = unansweredMs(all, this.#args.timeoutMs);
    this.#progress.show(
      `${this.#unitsTried} of ${total} units tried, ${countText(this.#found.length, "meter")} found, at most ` +
        `${durationText(ms).replace("about ", "")} left: unit ${unit} ${settingText(setting)}`,
    );
  }

  /** Prints the configuration of the meters found. */
  #finish(setting: ScanSetting): void {
    const { rts = {}, host, json } = this.#args;
    if (json || this.#found.length === 0) return;
    this.#io.out(lines(schemaLine(), ...configurationText({ setting, meters: this.#found, rts, host })));
  }
}

function otherUserHint({ kind }: Endpoint): string {
  return kind === "serial" ? "" : "; a running service may use it: stop the service first";
}

function nothingFoundText({ kind }: Endpoint, answering: readonly number[]): string {
  if (answering.length > 0) {
    const units = `${answering.length === 1 ? "unit" : "units"} ${answering.join(", ")}`;
    return `No known meter was found. But ${units} answered, so the wiring and the settings of the line are right`;
  }
  const firstChecks =
    "No meter answered. Check power, wiring (A and B), termination, and that no other program uses the line. ";
  if (kind === "serial") return `${firstChecks}Try other values of --baudrate and --parity, and a longer --timeout`;
  return `${firstChecks}Check the baud rate and parity of the gateway, and that no service uses it: many ` +
    "gateways serve one client. Try a longer --timeout";
}
