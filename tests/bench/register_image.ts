import { parseRequest, withCrc } from "../../src/modbus/mod.ts";
import { registers } from "../../src/meter/mod.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { tariffText, transactionId, transactionUnit } from "./bench_transactions.ts";

/** Registers that a driver reads, in requests that an EM580 answers. */
const ranges: readonly (readonly [at: number, words: number])[] = [
  [0x0000, 52],
  [0x0302, 2],
  [0x0307, 1],
  [0x0500, 32],
  [registers.signatureType.at, 1],
  [0x5000, 7],
  [0x5007, 1],
  [0x5012, 1],
  [registers.timeOffset.at, 1],
  [registers.utc.at, 4],
  [registers.transaction.ocmfState.at, 1],
];

/**
 * The registers of simulated EM580 meters, for `meter.c`, with the signed records of the first `transactions`. The
 * service reads a record without a valid signature again for seconds.
 */
export function registerImage(units: number, keyBits: 256 | 384, transactions: number): string {
  const lines: string[] = [];
  for (let unit = 1; unit <= units; unit++) {
    const meter = new SimulatedMeter({ unit, keyBits, load: "still", closingMs: 0 });
    const add = (at: number, words: number, kind = "") =>
      lines.push(`${unit} ${at} ${read(meter, at, words).toHex()} ${kind}`.trimEnd());
    for (const [at, words] of ranges) add(at, words);
    add(registers.identificationCode.at, 1, "single");
    add(registers.publicKeyPoint.at, registers.publicKeyPoint.words[keyBits]);
    add(registers.publicKeyDer.at, registers.publicKeyDer.words[keyBits]);
    add(registers.signedMap.at, registers.signedMap.dataWords + registers.signedMap.signatureWords[keyBits]);
    for (let transaction = 0; transaction < transactions; transaction++) {
      if (transactionUnit(transaction, units) !== unit) continue;
      lines.push(`${unit} ${registers.transaction.ocmfFile.at} ${record(meter, transaction).toHex()}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function read(meter: SimulatedMeter, at: number, words: number): Uint8Array {
  const answer = ask(meter, [meter.unit, 4, at >> 8, at & 0xff, 0, words]);
  if (answer.length !== 5 + 2 * words) throw new Error(`Unit ${meter.unit} refuses ${words} words at ${at}`);
  return answer.slice(3, -2);
}

/** The signed record of a complete transaction. */
function record(meter: SimulatedMeter, transaction: number): Uint8Array {
  const { command, ocmfState, tariffText: text } = registers.transaction;
  write(meter, text.at, even(`${tariffText}<=>${transactionId(transaction)}`));
  write(meter, command.at, Uint8Array.of(0, registers.commands.begin));
  write(meter, command.at, Uint8Array.of(0, registers.commands.end));
  // The meter begins no transaction while it has a record.
  write(meter, ocmfState.at, Uint8Array.of(0, 0));
  return new TextEncoder().encode(meter.lastRecord ?? "");
}

/** Bytes in whole registers, with at least one zero at the end. */
function even(text: string): Uint8Array {
  const bytes = new Uint8Array(2 * Math.floor(text.length / 2) + 2);
  bytes.set(new TextEncoder().encode(text));
  return bytes;
}

function write(meter: SimulatedMeter, at: number, bytes: Uint8Array): void {
  ask(meter, [meter.unit, 16, at >> 8, at & 0xff, 0, bytes.length / 2, bytes.length, ...bytes]);
}

function ask(meter: SimulatedMeter, body: number[]): Uint8Array {
  const parsed = parseRequest(withCrc(Uint8Array.from(body)));
  const answer = parsed.kind === "request" ? meter.respond(parsed.request) : undefined;
  if (answer === undefined) throw new Error(`Unit ${meter.unit} does not answer`);
  return answer;
}
