import assert from "node:assert/strict";
import {
  pointToSpki,
  publicKey,
  signLiveMap,
  signRecord,
  spkiToPem,
  verifyLiveMap,
  verifyRecord,
} from "../../src/ocmf/mod.ts";
import { bytesOf, payload } from "./samples.ts";

const curves = [["brainpoolP256r1", 32], ["brainpoolP384r1", 48]] as const;

for (const [curve, bytes] of curves) {
  Deno.test(`openssl verifies signatures of signRecord on ${curve}`, async () => {
    const privateKey = new Uint8Array(bytes).fill(0x33);
    const record = signRecord(payload(), privateKey, curve);
    const sd = /"SD":"([0-9A-F]+)"/.exec(record)?.[1] ?? "";
    await inFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/key.pem`, spkiToPem(pointToSpki(publicKey(privateKey, curve))));
      await Deno.writeFile(`${folder}/sd.der`, Uint8Array.fromHex(sd));
      const verify = ["dgst", "-sha256", "-verify", `${folder}/key.pem`, "-signature", `${folder}/sd.der`];
      await Deno.writeTextFile(`${folder}/payload`, payload());
      assert.equal(await openssl(...verify, `${folder}/payload`), "Verified OK\n");
      await Deno.writeTextFile(`${folder}/payload`, payload().replace("32.125", "32.126"));
      await assert.rejects(openssl(...verify, `${folder}/payload`), /openssl dgst failed/);
    });
  });

  Deno.test(`verifyRecord verifies signatures of openssl on ${curve}`, async () => {
    await inFolder(async (folder) => {
      await openssl("ecparam", "-genkey", "-name", curve, "-noout", "-out", `${folder}/private.pem`);
      await openssl("pkey", "-in", `${folder}/private.pem`, "-pubout", "-out", `${folder}/public.pem`);
      await Deno.writeTextFile(`${folder}/payload`, payload());
      const signature = `${folder}/signature`;
      await openssl("dgst", "-sha256", "-sign", `${folder}/private.pem`, "-out", signature, `${folder}/payload`);
      const sd = (await Deno.readFile(signature)).toHex();
      const record = bytesOf(`OCMF|${payload()}|{"SA":"ECDSA-${curve}-SHA256","SD":"${sd}"}`);
      const key = await Deno.readTextFile(`${folder}/public.pem`);
      assert.equal(verifyRecord(record, key).signature, "valid");
      const damaged = record.map((byte, index) => index === 100 ? byte ^ 1 : byte);
      assert.notEqual(verifyRecord(damaged, key).signature, "valid");
    });
  });

  Deno.test(`verifyLiveMap checks r and s over the 122 bytes on ${curve}`, () => {
    const privateKey = new Uint8Array(bytes).fill(0x44);
    const data = Uint8Array.from({ length: 122 }, (_, index) => index);
    const signature = signLiveMap(data, privateKey, curve);
    const point = publicKey(privateKey, curve);
    assert.equal(signature.length, 2 * bytes);
    assert.equal(verifyLiveMap(data.toHex(), signature.toHex(), point), true);
    assert.equal(verifyLiveMap(data.toHex().toUpperCase(), signature.toHex().toUpperCase(), pointToSpki(point)), true);
    data[121] = 0;
    assert.equal(verifyLiveMap(data.toHex(), signature.toHex(), point), false);
    assert.equal(verifyLiveMap(data.toHex().slice(2), signature.toHex(), point), false);
    assert.equal(verifyLiveMap("", "", ""), false);
  });
}

async function openssl(...args: string[]): Promise<string> {
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command("openssl", { args }).output();
  } catch (cause) {
    throw new Error("Cannot run openssl: these tests need it on the PATH", { cause });
  }
  const decoder = new TextDecoder();
  if (!output.success) throw new Error(`openssl ${args[0]} failed: ${decoder.decode(output.stderr)}`);
  return decoder.decode(output.stdout);
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
