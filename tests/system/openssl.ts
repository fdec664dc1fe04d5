/** What `openssl dgst -verify` needs to check a record. */
export interface SignedBytes {
  /** The bytes that the meter signed. */
  readonly payload: Uint8Array;
  /** DER. */
  readonly signature: Uint8Array;
  /** DER, SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
}

/** The head of a SubjectPublicKeyInfo with an uncompressed point on brainpoolP256r1. */
const brainpoolP256r1 = "305a301406072a8648ce3d020106092b240303020801010703420004";

/**
 * Splits a record by its text alone, without the code of the product: the meters of these tests write no `|` into the
 * payload, and sign with brainpoolP256r1.
 *
 * @param ocmf the text of the record
 * @param publicKey hex: a SubjectPublicKeyInfo, or a point with or without its first byte 04
 */
export function signedBytes(ocmf: string, publicKey: string): SignedBytes {
  const [head, payload = "", signature = "", ...rest] = ocmf.split("|");
  const { SD, SA }: { SD: string; SA: string } = JSON.parse(signature);
  if (head !== "OCMF" || rest.length > 0 || SA !== "ECDSA-brainpoolP256r1-SHA256") {
    throw new Error(`Not a record of the simulated meter: ${ocmf}`);
  }
  const point = publicKey.length === 128 ? publicKey : publicKey.replace(/^04/, "");
  return {
    payload: new TextEncoder().encode(payload),
    signature: Uint8Array.fromHex(SD),
    publicKey: Uint8Array.fromHex(point.length === 128 ? brainpoolP256r1 + point : publicKey),
  };
}

/**
 * Has OpenSSL verify a record in a folder of its own, and refuse it with another payload.
 *
 * @param folder an empty folder for the files
 * @param run runs a shell script where openssl is installed, and the folder has the name `inside`
 */
export async function verifyByOpenSsl(
  record: { readonly ocmf: string; readonly public_key: string },
  { folder, inside = folder, run }: {
    readonly folder: string;
    readonly inside?: string;
    run(script: string): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
  },
): Promise<void> {
  const { payload, signature, publicKey } = signedBytes(record.ocmf, record.public_key);
  await Deno.mkdir(folder, { recursive: true });
  const changed = payload.toReversed();
  const files = { payload, changed, signature, publicKey };
  for (const [name, bytes] of Object.entries(files)) await Deno.writeFile(`${folder}/${name}`, bytes);
  const verify = (name: string) =>
    run(
      `openssl dgst -sha256 -verify ${inside}/publicKey -keyform DER -signature ${inside}/signature ${inside}/${name}`,
    );
  const [good, bad] = [await verify("payload"), await verify("changed")];
  if (good.code !== 0 || good.out.trim() !== "Verified OK") {
    throw new Error(`OpenSSL refuses the record: ${good.out}${good.err}\n${record.ocmf}\n${record.public_key}`);
  }
  if (bad.code === 0) throw new Error("OpenSSL accepts another payload");
}
