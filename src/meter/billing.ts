import { hex, hexText } from "../base/hex.ts";
import { errorText } from "../base/log.ts";
import { isRefusal, retryRefusalOnce } from "./refusal.ts";
import type { RegisterAccess } from "./register_access.ts";
import { keySizes, publicKeyDer, publicKeyPoint, signatureType, transaction } from "./registers.ts";
import { answersElsewhere } from "./silence.ts";
import type { Billing } from "./types.ts";

/**
 * Reads whether the meter can bill, and its public key.
 *
 * @param code its identification code, for the reason
 * @returns `refused`: it has no OCMF registers
 * @throws {LineError} no usable answer, also at other registers
 */
export async function readBilling(
  registers: RegisterAccess,
  code: number,
): Promise<{ readonly billing: Billing; readonly refused: boolean }> {
  try {
    const type = await retryRefusalOnce(() => registers.value(signatureType));
    const keyBits = keySizes.get(type);
    if (keyBits === undefined) return { billing: { able: false, reason: noKey(type) }, refused: false };
    const read = (at: number, words: number) => retryRefusalOnce(() => registers.read(at, words));
    const point = await readPublicKeyPoint(registers, keyBits);
    const der = await read(publicKeyDer.at, publicKeyDer.words[keyBits]);
    await read(transaction.ocmfState.at, 1);
    const billing: Billing = {
      able: true,
      keyBits,
      signingMethod: `ECDSA-brainpoolP${keyBits}r1-SHA256`,
      publicKeyPoint: point,
      publicKeyDer: hexText(der),
    };
    return { billing, refused: false };
  } catch (error) {
    // Some meters do not answer at these registers, instead of refusing them
    if (!isRefusal(error) && !await answersElsewhere(registers, error)) throw error;
    const reason = `code ${code} answers like a meter without OCMF; the list of codes without OCMF should include it ` +
      `(${errorText(error)})`;
    return { billing: { able: false, reason }, refused: true };
  }
}

/** Reads the public key as an uncompressed point, in hex. */
export async function readPublicKeyPoint(registers: RegisterAccess, keyBits: 256 | 384): Promise<string> {
  const { at, words } = publicKeyPoint;
  const point = await retryRefusalOnce(() => registers.read(at, words[keyBits]));
  return hexText(point.subarray(0, -1));
}

function noKey(type: number): string {
  const name = type === 2 ? "2 (none)" : `${type} (unknown)`;
  return `its signature type is ${name} (register ${
    hex(signatureType.at)
  }h): only 0 (256-bit) and 1 (384-bit) can sign`;
}
