import { type Endpoint, Line, LineError } from "../line/mod.ts";
import { ModbusError } from "../modbus/mod.ts";
import { PortError, type RtsSettings } from "../../bridge/mod.ts";
import { errorText } from "../base/log.ts";
import { systemTime, type Time } from "../base/time.ts";
import { type Identified, identifyOnce, registers } from "../meter/mod.ts";
import { countText } from "./count_text.ts";
import type { FoundMeter } from "./found_meter.ts";
import { exitCode, type Io } from "./io.ts";
import { durationText, ProgressLine } from "./progress_line.ts";
import { jsonLine, lines } from "./safe_text.ts";
import { type Parity, type ScanRound, scanRounds, type ScanSetting, settingText, silentMs } from "./scan_plan.ts";
import { configurationText, meterText } from "./scan_text.ts";

/** Where to look for meters. */
export interface ScanArguments {
  readonly endpoint: Endpoint;
  /** Of a serial port: tried in this order, each with each parity, until a meter answers. */
  readonly baudrates: readonly number[];
  readonly parities: readonly Parity[];
  /** Unit ids, 1..247. */
  readonly units: readonly number[];
  /** How long a meter is waited for, beyond the time on the wire. */
  readonly timeoutMs: number;
  /** What RTS is for. @default it is on */
  readonly rts?: RtsSettings;
  /** Name of this machine, for the configuration. */
  readonly host?: string | undefined;
  readonly json: boolean;
}

type ScanIo = Pick<Io, "out" | "err" | "errIsTerminal" | "interrupted">;

/** Attempts with a device that has answered once. */
const attempts = 3;

/** Longest silence inside an answer: adapters hand bytes over in portions. */
const withinMessageMs = 30;

/**
 * Looks for meters on a line by asking each unit for its identification code; writes nothing to them. All devices of a
 * line have one baud rate and one parity, so the first with which a meter answers are the last to be tried. What was
 * found goes to standard output as a configuration, or with `json` as one object a meter.
 *
 * @returns the exit code: 0 meters were found, 1 none, 3 the port or gateway cannot be used, 130 interrupted
 */
export function scan(args: ScanArguments, io: ScanIo, time: Time = systemTime): Promise<number> {
  return new Scan(args, io, time).run();
}

class Scan {
  readonly #args: ScanArguments;
  readonly #io: ScanIo;
  readonly #progress: ProgressLine;
  readonly #found: FoundMeter[] = [];
  /** Rounds that are not begun. */
  #rounds: ScanRound[];
  #asked = 0;
  /** Whether the port or the gateway could be opened. */
  #isOpen = false;
  /** Whether it could be used in one round at least. */
  #worked = false;
  /** Units that gave a whole answer, whatever it was. */
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
      if (!await this.#ask(round)) {
        if (setting.endpoint.kind === "serial" || !this.#isOpen) return exitCode.unreachable;
        // It may close the connection because it is asked in the other framing
        this.#rounds = this.#rounds.filter((other) => other.setting !== setting);
        continue;
      }
      this.#worked = true;
      if (interrupted.aborted) {
        this.#finish(setting);
        return exitCode.interrupted;
      }
      if (this.#found.length === 0) continue;
      // The line's settings are known now: what is left of them, and nothing else
      this.#rounds = this.#rounds.filter((other) => other.setting === setting);
      if (this.#rounds.length > 0) continue;
      this.#finish(setting);
      return exitCode.done;
    }
    if (!this.#worked) return exitCode.unreachable;
    this.#progress.say(lines(noneText(this.#args.endpoint, [...this.#answering])));
    return exitCode.failed;
  }

  /** Shows why the port or the gateway cannot be used. @returns false in that case */
  async #ask({ setting, units }: ScanRound): Promise<boolean> {
    const line = new Line(this.#lineOptions(setting), { time: systemTime });
    try {
      const failure = await line.start();
      if (failure !== undefined) throw failure;
      this.#isOpen = true;
      for (const [index, unit] of units.entries()) {
        if (this.#io.interrupted.aborted) break;
        this.#show(setting, unit, units.slice(index));
        const found = await this.#identityAt(unit, line);
        this.#asked++;
        if (found !== undefined) this.#tell(setting, unit, found);
      }
      return true;
    } catch (error) {
      if (!(error instanceof LineError || error instanceof PortError)) throw error;
      this.#progress.say(lines(`${errorText(error)}${clientHint(setting.endpoint)}`));
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

  /** Shows what answers and is not a meter. @returns undefined if no meter answers */
  async #identityAt(unit: number, line: Line): Promise<Identified | undefined> {
    const { interrupted } = this.#io;
    try {
      await this.#readCode(unit, line);
    } catch (error) {
      if (interrupted.aborted) return undefined;
      if (error instanceof ModbusError) {
        this.#answering.add(unit);
        this.#progress.say(lines(`unit ${unit} answers, but is not a Carlo Gavazzi meter: ${error.message}`));
      } else if (!(error instanceof LineError) || error.code === "closed") throw error;
      else if (error.code !== "timeout") this.#progress.say(lines(`unit ${unit}: ${error.message}`));
      return undefined;
    }
    this.#answering.add(unit);
    try {
      return await identifyOnce(unit, attempts, line, interrupted);
    } catch (error) {
      if (interrupted.aborted) return undefined;
      this.#progress.say(lines(`unit ${unit} answers, but cannot be identified: ${errorText(error)}`));
      return undefined;
    }
  }

  /** One exchange; more if the answer is damaged, because a device is there. */
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
      await read(attempts);
    }
  }

  #tell({ endpoint, baudrate, parity }: ScanSetting, unit: number, { identity, wiring }: Identified): void {
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

  #show(setting: ScanSetting, unit: number, left: readonly number[]): void {
    const rounds = this.#found.length === 0 ? this.#rounds : this.#rounds.filter((other) => other.setting === setting);
    const all = [{ setting, units: left }, ...rounds];
    const most = this.#asked + all.reduce((sum, { units }) => sum + units.length, 0);
    const ms = silentMs(all, this.#args.timeoutMs);
    this.#progress.show(
      `${this.#asked} of ${most} asked, ${countText(this.#found.length, "meter")} found, at most ` +
        `${durationText(ms).replace("about ", "")} left: unit ${unit} ${settingText(setting)}`,
    );
  }

  /** Prints the configuration of what was found. */
  #finish(setting: ScanSetting): void {
    const { rts = {}, host, json } = this.#args;
    if (json || this.#found.length === 0) return;
    this.#io.out(lines(...configurationText({ setting, meters: this.#found, rts, host })));
  }
}

function clientHint({ kind }: Endpoint): string {
  return kind === "serial" ? "" : "; a running service holds it, if its configuration names it: stop the service first";
}

function noneText({ kind }: Endpoint, answering: readonly number[]): string {
  if (answering.length > 0) {
    const units = `${answering.length === 1 ? "unit" : "units"} ${answering.join(", ")}`;
    return `no known meter was found; ${units} answered, so the wiring and the settings of the line are right`;
  }
  const usual =
    "no meter answered: check power, wiring (A and B), termination, and that no other program uses the line; ";
  if (kind === "serial") return `${usual}try other --baudrate, --parity and a longer --timeout`;
  return `${usual}check the baud rate and parity of the gateway, and that no service holds it, as many serve one client; ` +
    "try a longer --timeout";
}
