import { endpointText } from "../base/endpoint.ts";
import { type Endpoint, Line } from "../line/mod.ts";
import { PortError } from "../../bridge/mod.ts";
import { fileProblem } from "../base/file_problem.ts";
import { errorText } from "../base/log.ts";
import { createPrivate } from "../base/private_files.ts";
import { systemTime, timestamp } from "../base/time.ts";
import { version } from "../base/version.ts";
import { type Checked, FieldMeter, fieldTest, FrameLog, Mask, type Verdict } from "../field/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { OutputError } from "./process_output.ts";
import { lines } from "./safe_text.ts";

/** The meter to test, and the scope of the test. */
export interface FieldTestArguments {
  readonly endpoint: Endpoint;
  readonly baudrate: number;
  readonly parity: "none" | "odd" | "even";
  /** 1..247. */
  readonly unit: number;
  /** Also runs one short transaction with a test id. */
  readonly transaction: boolean;
  /** Also asks the user to switch the meter off and on. */
  readonly powerCycle: boolean;
  /** Hides serial numbers in the output and the report. */
  readonly mask: boolean;
  /** File of the report; it must not exist. @default a name with the time, in the current folder */
  readonly output?: string | undefined;
}

type FieldTestIo = Pick<Io, "out" | "err" | "interrupted">;

/**
 * Checks the product's assumptions with one real meter, and writes a report. Without `transaction` it only reads.
 *
 * @returns the exit code: 0 nothing differs, 1 something differs or the meter does not answer, 2 the report cannot be
 * written, 3 the device cannot be opened, 130 interrupted
 */
export async function runFieldTest(args: FieldTestArguments, io: FieldTestIo): Promise<number> {
  const path = args.output ?? `wattseal-field-test-${timestamp(Date.now()).replaceAll(":", "-").slice(0, 19)}.txt`;
  try {
    createPrivate(path);
  } catch (error) {
    io.err(lines(`Cannot write the report ${path}: ${fileProblem(error)}`));
    return exitCode.usage;
  }
  using file = Deno.openSync(path, { append: true });
  const report = (...texts: readonly string[]) => {
    file.writeSync(new TextEncoder().encode(lines(...texts)));
    file.syncDataSync();
  };
  const frames = new FrameLog(systemTime);
  const mask = new Mask();
  const shown = (text: string) => args.mask ? mask.text(text) : text;
  const line = new Line({ ...lineOptions, ...args, stopBits: 1 }, { time: systemTime, tap: frames.tap });
  report(...headText(args));
  try {
    const failure = await line.start();
    if (failure !== undefined) {
      io.err(lines(failure.message));
      report(failure.message);
      return exitCode.unreachable;
    }
    const meter = new FieldMeter(line, { unit: args.unit, time: systemTime, frames, signal: io.interrupted });
    const counts: Record<Verdict, number> = { holds: 0, differs: 0, open: 0 };
    const transactionFailure = await fieldTest({ meter, mask, facts: {} }, {
      transactionId: args.transaction ? `field-test-${Date.now()}` : undefined,
      powerCycle: args.powerCycle,
      saveRecord: (record) => Promise.resolve(report(`record: ${shown(new TextDecoder().decode(record))}`)),
      print: (text) => io.err(lines(text)),
    }, (checked) => {
      counts[checked.verdict]++;
      const text = shown(checkedText(checked));
      io.out(lines(text, ...(checked.verdict === "holds" ? [] : [`    assumed: ${checked.text}`])));
      report(text, `    assumed: ${checked.text}`);
    });
    if (transactionFailure !== undefined) {
      io.err(lines(`No transaction was run: ${shown(transactionFailure)}`));
      report(`No transaction was run: ${shown(transactionFailure)}`);
    }
    io.out(lines(`${counts.holds} hold, ${counts.differs} differ, ${counts.open} are open. Report: ${path}`));
    if (io.interrupted.aborted) return exitCode.interrupted;
    return counts.differs > 0 || transactionFailure !== undefined ? exitCode.failed : exitCode.done;
  } catch (error) {
    if (error instanceof OutputError) {
      report("The test ended early: its output could not be written");
      throw error;
    }
    const text = `The test ended early: ${errorText(error)}`;
    io.err(lines(text));
    report(text);
    return error instanceof PortError ? exitCode.unreachable : exitCode.failed;
  } finally {
    await line.close();
    report("", "frames: seconds since the start, > sent or < received", ...frames.lines(args.mask ? mask : new Mask()));
  }
}

function headText({ endpoint, baudrate, parity, unit, transaction, powerCycle, mask }: FieldTestArguments): string[] {
  const options = [transaction && "--transaction", powerCycle && "--power-cycle", mask && "--mask"].filter(Boolean);
  return [
    `wattseal ${version} field-test ${timestamp(Date.now())}`,
    `${endpointText(endpoint)}, ${baudrate} baud, parity ${parity}, unit ${unit} ${options.join(" ")}`.trimEnd(),
    ...adapterText(endpoint),
    "",
  ];
}

/** The latency timer of a USB adapter, as reported by the kernel. */
function adapterText(endpoint: Endpoint): string[] {
  if (endpoint.kind !== "serial") return [];
  try {
    const name = Deno.realPathSync(endpoint.path).split("/").at(-1) ?? "";
    const timer = Deno.readTextFileSync(`/sys/bus/usb-serial/devices/${name}/latency_timer`).trim();
    return [`latency timer of ${name}: ${timer} ms`];
  } catch {
    return ["latency timer: unknown"];
  }
}

function checkedText({ number, verdict, observed }: Checked): string {
  return `${String(number).padStart(2)} ${verdict.padEnd(7)} ${observed}`;
}

const lineOptions = {
  name: "field-test",
  rtscts: false,
  ignoreEcho: false,
  initialTimeoutMs: 500,
  withinMessageTimeoutMs: 100,
  retries: 0,
} as const;
