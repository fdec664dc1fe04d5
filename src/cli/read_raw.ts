import { endpointText } from "../base/endpoint.ts";
import { hex, spacedHex } from "../base/hex.ts";
import { Line, LineError } from "../line/mod.ts";
import { ModbusError } from "../modbus/mod.ts";
import { errorText } from "../base/log.ts";
import { systemTime } from "../base/time.ts";
import { version } from "../base/version.ts";
import type { LineSettings, MeterSettings } from "../config/mod.ts";
import {
  assumedModel,
  decodeField,
  identifyOnce,
  type Identity,
  modelNamed,
  modelOfCode,
  modelRegisters,
  type NamedRegister,
  registers,
} from "../meter/mod.ts";
import { chosenLines } from "./chosen_lines.ts";
import { eachMeter, type LineResult } from "./each_meter.ts";
import { exitCode, type Io } from "./io.ts";
import { lineHints } from "./line_hints.ts";
import { readSettings } from "./read_settings.ts";
import { jsonLine, lines } from "./safe_text.ts";
import { type WireFrame, WireRecord } from "./wire_record.ts";

type RawIo = Pick<Io, "out" | "err" | "env" | "interrupted">;

/** Result of one meter. */
interface RawMeter {
  readonly rows: readonly RawRow[];
  readonly problem?: string | undefined;
}

/** A register with its words, or the reason why there are none. */
interface RawRow {
  readonly name: string;
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly text: string | undefined;
  /** Whether there was no usable answer. */
  readonly isBad?: boolean;
  readonly isSilent: boolean;
}

/** Attempts to identify the meter. */
const attempts = 3;
/** After this number of consecutive registers without an answer, the rest is not read. */
const maxUnanswered = 3;
const bytesPerRow = 32;

/**
 * Reads every register of the meters once, each with a separate request. Shows the words, and all frames with their
 * times, for a support ticket. Writes nothing to the meters.
 *
 * @returns the exit code: 0 all meters were read, 1 a meter gave no usable answer, 2 the configuration cannot be used
 * or the meter is unknown, 3 the device of a line cannot be opened, 130 interrupted
 */
export async function readRaw(
  args: { readonly config: string; readonly meter?: string; readonly json: boolean },
  io: RawIo,
): Promise<number> {
  const settings = await readSettings(args.config, io);
  if (settings === undefined) return exitCode.usage;
  const chosen = chosenLines(settings, args, io);
  if (chosen === undefined) return exitCode.usage;
  let code: number = exitCode.done;
  for (const line of chosen) {
    const found = await readLine(line, args.json, io);
    code = Math.max(code, found.code);
    if (!found.nothing || io.interrupted.aborted) continue;
    io.err(lines(...await lineHints(line, settings.stateDir, io.interrupted)));
  }
  return io.interrupted.aborted ? exitCode.interrupted : code;
}

function readLine(settings: LineSettings, json: boolean, io: RawIo): Promise<LineResult> {
  const record = new WireRecord(() => systemTime.mono());
  const line = new Line(settings, { time: systemTime, tap: record.tap });
  return eachMeter(line, settings, io, async (meter) => {
    record.take();
    const { rows, problem } = await readMeter(meter, line, record, io.interrupted);
    if (json) writeJson(meter.name, rows, record.take(), io);
    else writeText(headLine(meter, settings), rows, record.take(), io);
    if (problem !== undefined) io.err(lines(`Cannot read meter ${meter.name}: ${problem}`));
    return { hasAnswered: rows.some(({ isSilent }) => !isSilent), isComplete: problem === undefined };
  });
}

async function readMeter(
  { unit, model: forced }: MeterSettings,
  line: Line,
  record: WireRecord,
  signal: AbortSignal,
): Promise<RawMeter> {
  const read = (at: number, words: number) => line.read(unit, at, words, { priority: "live", attempts: 1, signal });
  const { identity, code, problem, isSilent } = await identityOf(unit, line, signal);
  // Damaged bytes prove that a device is there, even if the last attempt got no answer
  if (isSilent && !record.hasReceived) return { rows: [], problem };
  const { layout, billing } = identity ?? {};
  const model = modelNamed(forced) ?? (code === undefined ? undefined : modelOfCode(code)) ?? assumedModel;
  const keyBits = billing?.able === true ? billing.keyBits : 256;
  const rows: RawRow[] = [];
  let unanswered = 0;
  for (const register of modelRegisters(layout ?? { model, wordOrder: "low_first" }, keyBits)) {
    if (signal.aborted || unanswered === maxUnanswered) break;
    const row = await readRow(register, read, rows);
    unanswered = row.isSilent ? unanswered + 1 : 0;
    rows.push(row);
  }
  if (unanswered === maxUnanswered) return { rows, problem: problem ?? "it no longer answers" };
  const bad = rows.filter(({ isBad }) => isBad).length;
  return {
    rows,
    problem: problem ?? (bad === 0 ? undefined : `${bad} of ${rows.length} registers got no usable answer`),
  };
}

/** The identity of a meter, as far as it can be read. */
interface FoundIdentity {
  readonly identity?: Identity;
  readonly code?: number;
  readonly problem?: string;
  /** Whether the last attempt got no answer. */
  readonly isSilent: boolean;
}

async function identityOf(unit: number, line: Line, signal: AbortSignal): Promise<FoundIdentity> {
  const { identificationCode } = registers;
  let code: number | undefined;
  try {
    const how = { priority: "live", attempts, delayMs: 0, signal } as const;
    code = Number(decodeField(identificationCode, await line.read(unit, identificationCode.at, 1, how)));
    const { identity } = await identifyOnce(unit, attempts, line, signal);
    return { identity, code, isSilent: false };
  } catch (error) {
    const isSilent = code === undefined && error instanceof LineError && error.code === "timeout";
    return { ...(code !== undefined && { code }), problem: errorText(error), isSilent };
  }
}

async function readRow(
  { name, at, words, text }: NamedRegister,
  read: (at: number, words: number) => Promise<Uint8Array>,
  before: readonly RawRow[],
): Promise<RawRow> {
  const count = words ?? fileWords(before);
  if (count === 0) return { name, at, bytes: new Uint8Array(), text: "empty", isSilent: false };
  try {
    const bytes = await read(at, count);
    return { name, at, bytes, text: text(bytes), isSilent: false };
  } catch (error) {
    const isSilent = error instanceof LineError && error.code === "timeout";
    return {
      name,
      at,
      bytes: new Uint8Array(),
      text: shortText(error),
      isSilent,
      isBad: !(error instanceof ModbusError),
    };
  }
}

/** The reason why a register has no words; the frames have the details. */
function shortText(error: unknown): string {
  if (error instanceof ModbusError) return `refused with exception ${error.exception}`;
  if (!(error instanceof LineError)) return errorText(error);
  return {
    timeout: "no answer",
    crc: "answer with a wrong checksum",
    unexpected_answer: "answer to another request",
    closed: "line closed",
  }[error.code];
}

/** Words of the OCMF file. It is the only register whose length is in another register. */
function fileWords(rows: readonly RawRow[]): number {
  const { ocmfSize, ocmfFile } = registers.transaction;
  const bytes = rows.find((row) => row.at === ocmfSize.at)?.bytes;
  return bytes === undefined || bytes.length === 0
    ? 0
    : Math.min(Number(decodeField(ocmfSize, bytes)), ocmfFile.maxWords);
}

function headLine({ name, unit }: MeterSettings, { endpoint, baudrate, parity, stopBits }: LineSettings): string {
  const wire = endpoint.kind === "modbus-tcp"
    ? ""
    : ` ${baudrate} baud 8${parity.slice(0, 1).toUpperCase()}${stopBits}`;
  return `${name}  unit ${unit}  ${endpointText(endpoint)}${wire}  Wattseal ${version}`;
}

function writeText(head: string, rows: readonly RawRow[], frames: readonly WireFrame[], io: RawIo): void {
  io.out(lines(head));
  for (const { name, at, bytes, text } of rows) {
    const words = spacedHex(bytes.subarray(0, bytesPerRow), 2);
    const isLong = bytes.length > 8;
    io.out(lines(`${hex(at)}h  ${(isLong ? "" : words).padEnd(19)}  ${name.padEnd(30)} ${text ?? ""}`.trimEnd()));
    for (let from = 0; isLong && from < bytes.length; from += bytesPerRow) {
      io.out(lines(`  ${hex(at + from / 2)}h  ${spacedHex(bytes.subarray(from, from + bytesPerRow), 2)}`));
    }
  }
  io.out(lines("frames (milliseconds; > sent, < received):"));
  for (const { direction, atMs, hex: bytes } of frames) {
    io.out(lines(`${atMs.toFixed(1).padStart(9)} ${direction === "sent" ? ">" : "<"} ${bytes}`));
  }
  io.out(lines(""));
}

function writeJson(meter: string, rows: readonly RawRow[], frames: readonly WireFrame[], io: RawIo): void {
  for (const { name, at, bytes, text } of rows) {
    const value = text === undefined ? {} : { value: text };
    io.out(jsonLine({ meter, register: hex(at), name, words: spacedHex(bytes, 2), ...value }));
  }
  for (const { direction, atMs, hex: bytes } of frames) {
    io.out(jsonLine({ meter, at_ms: Math.round(atMs * 10) / 10, [direction]: bytes }));
  }
}
