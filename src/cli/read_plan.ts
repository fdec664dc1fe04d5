import { Line, readCostMs, usualTurnaroundMs } from "../line/mod.ts";
import { errorText, type Log, withFields } from "../base/log.ts";
import { systemTime } from "../base/time.ts";
import type { LineSettings, MeterSettings } from "../config/mod.ts";
import { assumedModel, type Identity, planCycle, readOnce } from "../meter/mod.ts";
import { chosenLines } from "./chosen_lines.ts";
import { exitCode, type Io } from "./io.ts";
import { lineLog } from "./log_sink.ts";
import { planReport, planText } from "./plan_report.ts";
import { readSettings } from "./read_settings.ts";
import { jsonLine, lines } from "./safe_text.ts";

type PlanIo = Pick<Io, "out" | "err" | "env" | "interrupted">;

/** The properties of a meter that its plan needs. */
interface MeterProperties {
  readonly identity: Pick<Identity, "layout" | "model" | "billing">;
  readonly turnaroundMs: number;
  /** False: the meter could not be read; these are the values of a typical billing meter. */
  readonly measured: boolean;
}

const assumed: MeterProperties = {
  identity: {
    model: assumedModel.title,
    layout: { model: assumedModel, energies: assumedModel.energies[0], wordOrder: "low_first" },
    billing: {
      able: true,
      keyBits: 384,
      signingMethod: "ECDSA-brainpoolP384r1-SHA256",
      publicKeyPoint: "",
      publicKeyDer: "",
    },
  },
  turnaroundMs: usualTurnaroundMs,
  measured: false,
};

/**
 * Shows how meters are read: the requests, their time on the line, and how many such meters the line can serve. Reads
 * each meter once to find its model and turnaround. For a meter that cannot be read, assumes a billing meter with a
 * 384-bit key and reports this on standard error.
 *
 * @returns the exit code: 0 done, 2 the configuration cannot be used or the meter is unknown, 130 interrupted
 */
export async function readPlan(
  args: { readonly config: string; readonly meter?: string; readonly json: boolean },
  io: PlanIo,
): Promise<number> {
  const settings = await readSettings(args.config, io);
  if (settings === undefined) return exitCode.usage;
  const lines = chosenLines(settings, args, io);
  if (lines === undefined) return exitCode.usage;
  const log = lineLog({ ...settings.log, level: "warn" }, io.err, Date.now);
  for (const line of lines) await planLine(line, args.json, log, io);
  return io.interrupted.aborted ? exitCode.interrupted : exitCode.done;
}

async function planLine(settings: LineSettings, json: boolean, log: Log, io: PlanIo): Promise<void> {
  const line = new Line(settings, { time: systemTime });
  try {
    const failure = await line.start();
    if (failure !== undefined) io.err(lines(`Cannot open line ${settings.name}: ${errorText(failure)}`));
    for (const meter of settings.meters) {
      if (io.interrupted.aborted) return;
      const { identity, turnaroundMs, measured } = failure === undefined
        ? await readProperties(meter, line, withFields(log, { meter: meter.name }), io)
        : assumed;
      const cost = (words: number) => readCostMs(settings, words, turnaroundMs);
      const report = planReport({
        meter: meter.name,
        line: settings,
        identity,
        turnaroundMs,
        measured,
        groups: planCycle(identity, meter, cost),
        cost,
      });
      io.out(json ? jsonLine(report) : lines(...planText(report)));
    }
  } finally {
    await line.close();
  }
}

async function readProperties(meter: MeterSettings, line: Line, log: Log, io: PlanIo): Promise<MeterProperties> {
  try {
    const { identity } = await readOnce(meter, line, { time: systemTime, log, signal: io.interrupted });
    return { identity, turnaroundMs: line.turnaroundMs(meter.unit) ?? usualTurnaroundMs, measured: true };
  } catch (error) {
    if (!io.interrupted.aborted) io.err(lines(`Cannot read meter ${meter.name}: ${errorText(error)}`));
    return assumed;
  }
}
