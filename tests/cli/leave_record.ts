import { RawClient } from "../simulator/raw_client.ts";

const command = 0x7040;
const tariffText = 0x6900;

/** Runs a transaction on meter 1 of a line, as far as `until`. A meter that is READY holds the record. */
export async function leaveRecord(
  path: string | undefined,
  id: string,
  until: "RUNNING" | "READY" = "READY",
): Promise<void> {
  using client = new RawClient(path);
  const text = new TextEncoder().encode(`0.30<=>${id}`);
  const padded = new Uint8Array(text.length + 2 - text.length % 2);
  padded.set(text);
  await client.write(tariffText, padded);
  await client.write(command, Uint8Array.of(0, 0x42));
  if (until === "READY") await client.write(command, Uint8Array.of(0, 0x45));
}
