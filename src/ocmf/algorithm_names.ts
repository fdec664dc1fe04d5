import { bytesOfHex, toHex } from "./text_bytes.ts";

/** Unsupported algorithms and curves of public keys, by the content of their object identifier in hex. */
const names: ReadonlyMap<string, string> = new Map([
  ["2a864886f70d010101", "RSA"],
  ["2a864886f70d01010a", "RSA-PSS"],
  ["2a8648ce380401", "DSA"],
  ["2b6570", "Ed25519"],
  ["2b6571", "Ed448"],
  ["2b81040021", "secp224r1"],
  ["2b81040023", "secp521r1"],
  ["2b2403030208010105", "brainpoolP224r1"],
  ["2b2403030208010109", "brainpoolP320r1"],
  ["2b240303020801010d", "brainpoolP512r1"],
]);

const rsaOid = bytesOfHex("06092a864886f70d010101");

/** Returns the name of an algorithm or curve, or its identifier in dotted notation: `1.3.36.3.3.2.8.1.1.13`. */
export function nameOfOid(content: Uint8Array): string {
  return names.get(toHex(content)) ?? dotted(content);
}

/** Whether a binary structure is signed with RSA: records before OCMF 1.0.1 could have this form. */
export function mentionsRsa(bytes: Uint8Array): boolean {
  return bytes[0] === 0x30 && bytes.some((_, at) => rsaOid.every((byte, index) => bytes[at + index] === byte));
}

function dotted(content: Uint8Array): string {
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const byte of content) {
    arc = arc * 128n + BigInt(byte & 0x7f);
    if (byte >= 0x80) continue;
    if (arcs.length === 0) {
      const root = arc < 80n ? arc / 40n : 2n;
      arcs.push(root, arc - root * 40n);
    } else arcs.push(arc);
    arc = 0n;
  }
  return arcs.join(".");
}
