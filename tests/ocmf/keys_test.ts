import assert from "node:assert/strict";
import { pointToSpki, publicKey, signRecord, spkiToPem, spkiToPoint, verifyRecord } from "../../src/ocmf/mod.ts";
import { bytesOf, payload, signed, testPublicKey } from "./samples.ts";

const spki = "305A301406072A8648CE3D020106092B2403030208010107034200" + testPublicKey;
const spkiBase64 = Uint8Array.fromHex(spki).toBase64();

const forms: Record<string, string> = {
  "hex point": testPublicKey,
  "hex point in lower case": testPublicKey.toLowerCase(),
  "hex point without its prefix": testPublicKey.slice(2),
  "compressed point": (parseInt(testPublicKey.slice(-1), 16) % 2 ? "03" : "02") + testPublicKey.slice(2, 66),
  "base64 point": Uint8Array.fromHex(testPublicKey).toBase64(),
  "hex SPKI": spki,
  "hex SPKI in blocks": spki.replace(/(....)/g, "$1 "),
  "hex SPKI as openssl prints it": spki.toLowerCase().replace(/(..)(?=.)/g, "$1:"),
  "base64 SPKI": spkiBase64,
  "base64 SPKI on lines": spkiBase64.replace(/(.{40})/g, "$1\r\n"),
  PEM: spkiToPem(spki),
  "hex point with a trailing zero byte": `${testPublicKey}00`,
  "base64 point with trailing zero bytes": Uint8Array.fromHex(`${testPublicKey}0000`).toBase64(),
  "hex SPKI with a trailing zero byte": `${spki}00`,
  "hex point without its prefix and with a trailing zero byte": `${testPublicKey.slice(2)}00`,
  "text that ends with NUL": `${testPublicKey}\0`,
  "oca base16": `oca:base16:asn1:${spki}`,
  "oca base64": `OCA:BASE64:ASN1:${spkiBase64}`,
  "oca in base64": btoa(`oca:base16:asn1:${spki}`),
  "hex in base64": btoa(spki),
  "KEBA's JSON in base64": btoa(`{"UK":"${spki}"}`),
};

for (const [name, key] of Object.entries(forms)) {
  Deno.test(`verifyRecord accepts the public key as ${name}`, () => {
    const verification = verifyRecord(signed(), key, { pinnedKey: spki });
    assert.deepEqual([verification.signature, verification.key], ["valid", "pinned"], verification.problems.join());
  });
}

Deno.test("verifyRecord refuses unknown keys, and reports why", () => {
  const rsa = "3015300D06092A864886F70D0101010500030400020101";
  const cases: [string, RegExp][] = [
    [rsa, /a key for RSA, not an elliptic curve key/],
    ["3009020400ABCDEF020103", /a key for RSA, not/],
    ["302A300506032B6570032100" + "AB".repeat(32), /a key for Ed25519, not/],
    ["302A300506032A0304032100" + "AB".repeat(32), /a key for 1\.2\.3\.4, not/],
    [spki.replace("2B2403030208010107", "2B240303020801010D"), /its curve brainpoolP512r1 is unknown/],
    [
      spki.replace("2B2403030208010107", "2B240303020801017F"),
      /its curve 1\.3\.36\.3\.3\.2\.8\.1\.1\.127 is unknown/,
    ],
    ["04" + "AB".repeat(20), /not a key of a known curve/],
    [`${testPublicKey}01`, /its 66 bytes are not a key of a known curve/],
    ["00".repeat(80), /not a key of a known curve/],
    ["??", /neither hex nor base64/],
  ];
  for (const [key, problem] of cases) {
    const verification = verifyRecord(signed(), key);
    assert.equal(verification.signature, "unverifiable", key);
    assert.match(verification.problems.join(), problem);
  }
});

Deno.test("verifyRecord keeps the zeros at the end of a key, and ignores one additional zero", () => {
  const scalars = Array.from({ length: 2000 }, (_, index) => {
    const scalar = new Uint8Array(32);
    new DataView(scalar.buffer).setUint32(28, index + 1);
    return scalar;
  });
  const privateKey = scalars.find((each) => publicKey(each, "secp256r1").endsWith("00"));
  assert.ok(privateKey);
  const key = publicKey(privateKey, "secp256r1");
  const record = bytesOf(signRecord(payload(), privateKey, "secp256r1"));
  for (const text of [key, `${key}00`, key.slice(2), `${key.slice(2)}00`]) {
    assert.equal(verifyRecord(record, text, { pinnedKey: key }).signature, "valid", text);
  }
});

Deno.test("verifyRecord finds a damaged key invalid", () => {
  const damaged = testPublicKey.slice(0, -2) + "00";
  assert.equal(verifyRecord(signed(), damaged).signature, "invalid");
  assert.equal(verifyRecord(signed(), spki.slice(0, -2) + "00").signature, "invalid");
});

Deno.test("verifyRecord accepts signatures of signRecord on every curve, and no others", () => {
  const curves = [
    ["secp192k1", 24],
    ["secp192r1", 24],
    ["secp256k1", 32],
    ["secp256r1", 32],
    ["secp384r1", 48],
    ["brainpoolP256r1", 32],
    ["brainpoolP384r1", 48],
  ] as const;
  for (const [curve, bytes] of curves) {
    const privateKey = new Uint8Array(bytes).fill(0x11);
    const record = signRecord(payload(), privateKey, curve);
    const key = publicKey(privateKey, curve);
    assert.equal(verifyRecord(bytesOf(record), key).signature, "valid", curve);
    assert.equal(verifyRecord(bytesOf(record.replace("32.125", "33.125")), key).signature, "invalid", curve);
  }
});

Deno.test("pointToSpki encodes brainpool points like meters, and spkiToPoint decodes them", () => {
  const point384 = publicKey(new Uint8Array(48).fill(7), "brainpoolP384r1");
  assert.equal(pointToSpki(testPublicKey), spki);
  assert.equal(
    pointToSpki(point384.toLowerCase()),
    "307A301406072A8648CE3D020106092B240303020801010B03620004" + point384.slice(2),
  );
  assert.deepEqual([pointToSpki(testPublicKey).length / 2, pointToSpki(point384).length / 2], [92, 124]);
  assert.equal(spkiToPoint(pointToSpki(point384)), point384);
  assert.throws(() => pointToSpki("04AB"), SyntaxError);
  assert.throws(() => spkiToPoint("3000"), SyntaxError);
});

Deno.test("publicKey returns the points of the test vectors for the brainpool curves", () => {
  assert.equal(
    testPublicKey,
    "0475549D6C545D56221357358296C699666D67DC99C8C9A68246D87D4160FF6B3E" +
      "7193F3147AA778EB6C3BD8D26E140D92C791EB1626E541BCBB6CE21747F513BA",
  );
});
