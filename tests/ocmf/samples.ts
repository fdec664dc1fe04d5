import { publicKey, signRecord } from "../../src/ocmf/mod.ts";

/** Members of a reading. */
export type ReadingMembers = Readonly<Record<string, unknown>>;

/** A private key for tests: the scalar 2a, repeated. */
export const testKey = new Uint8Array(32).fill(0x2a);
/** Its public key, from the test vectors. */
export const testPublicKey = publicKey(testKey, "brainpoolP256r1");

export const begin: ReadingMembers = {
  TM: "2026-01-10T08:00:00,000+0100 S",
  TX: "B",
  RV: "10.000",
  RI: "1-b:1.8.0",
  RU: "kWh",
  EF: "",
  ST: "G",
};
export const end: ReadingMembers = { ...begin, TM: "2026-01-10T09:30:00,000+0100 S", TX: "E", RV: "32.125" };

/** A payload like that of an EM580; members set to `undefined` are omitted. */
export function payload(readings: readonly ReadingMembers[] = [begin, end], fields: ReadingMembers = {}): string {
  const general = { FV: "1.2", PG: "T7", MS: "TEST0000001", IS: true, IL: "NONE", IF: [], IT: "NONE", ID: "" };
  return JSON.stringify({ ...general, TT: "0.30<=>tx-1", CT: "EVSEID", CI: "DE*TST*E1", ...fields, RD: readings });
}

/** A signed record. */
export function signed(text: string = payload()): Uint8Array {
  return bytesOf(signRecord(text, testKey, "brainpoolP256r1"));
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
