import type { Time } from "../base/time.ts";
import { LinkedAbort } from "../base/waits.ts";
import type { Recognition } from "./recognition.ts";
import { isClosed } from "./refusal.ts";
import type { RegisterAccess } from "./register_access.ts";

/** Interval of checks whether a line is open although no new connection was reported. */
const checkEveryMs = 1000;

/**
 * Waits until a closed line is open, and first reads the serial number of the known meter.
 *
 * @returns whether it is the known meter; false: another meter, no answer, or `signal` is aborted
 */
export async function awaitReturn(
  registers: RegisterAccess,
  recognition: Recognition,
  { time, signal }: { readonly time: Time; readonly signal: AbortSignal },
): Promise<boolean> {
  for (let tried = recognition.connection; !signal.aborted;) {
    await reopened(registers, tried, time, signal);
    if (signal.aborted) return false;
    tried = registers.lineConnection;
    try {
      await recognition.recognise(tried, signal);
      return !signal.aborted;
    } catch (error) {
      if (!isClosed(error)) return false;
    }
  }
  return false;
}

/**
 * Recognises the meter each time after the line was opened again, until `signal` is aborted.
 *
 * @throws {MeterError} `replaced`: another meter answers
 * @throws {LineError} no usable answer
 */
export async function watchConnection(
  registers: RegisterAccess,
  recognition: Recognition,
  signal: AbortSignal,
  onRecognised: () => void,
): Promise<void> {
  while (!signal.aborted) {
    const connection = await registers.connected(recognition.connection, signal).catch(() => undefined);
    if (connection === undefined || signal.aborted) return;
    await recognition.recognise(connection, signal);
    onRecognised();
  }
}

/** Resolves when the line has a connection after `connection`, or after a second. */
async function reopened(
  registers: RegisterAccess,
  connection: number,
  time: Time,
  signal: AbortSignal,
): Promise<void> {
  using over = new LinkedAbort(signal);
  await Promise.race([
    registers.connected(connection, over.signal).catch(() => {}),
    time.sleep(checkEveryMs, over.signal),
  ]);
}
