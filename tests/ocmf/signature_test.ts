import assert from "node:assert/strict";
import { publicKey, signRecord, verifyRecord } from "../../src/ocmf/mod.ts";
import { bytesOf, payload, signed, testKey, testPublicKey, textOf } from "./samples.ts";

const record = textOf(signed());
const sd = /"SD":"([0-9A-F]+)"/.exec(record)?.[1] ?? "";

Deno.test("verifyRecord accepts whitespace, NULs and a line break around a record", () => {
  for (const text of [`\n\t ${record}\n`, `${record}\0\0\0`, `${record}\0old text`, `\ufeff${record}\r\n`]) {
    assert.equal(signatureOf(text), "valid", JSON.stringify(text.slice(0, 8)));
  }
});

Deno.test("verifyRecord verifies every byte between the separators", () => {
  assert.equal(signatureOf(record.replace('"FV":', '"FV": ')), "invalid", "a blank inside");
  assert.equal(signatureOf(record.replace("OCMF|{", "OCMF| {")), "invalid", "a blank before");
  assert.equal(signatureOf(record.replace("}|{", "} |{")), "invalid", "a blank after");
  assert.equal(signatureOf(record.replace("32.125", "32.1250")), "invalid", "a digit");
  assert.equal(
    signatureOf(record.replace('"TST', '"TsT').replace("DE*TST", "DE*TsT")),
    "invalid",
    "the case of a letter",
  );
});

Deno.test("verifyRecord keeps signed whitespace", () => {
  const spaced = ` ${payload().replaceAll(":", " : ")}\n `.replaceAll(" : 00", ":00");
  assert.equal(signatureOf(textOf(signed(spaced))), "valid");
});

Deno.test("verifyRecord splits a record with separators, quotes and braces in its texts", () => {
  const text = payload(undefined, { TT: 'a|b "c|}{" \\ \u00e4 \u{1f50c}<=>tx|1' });
  const verification = verifyRecord(signed(text), testPublicKey, { transactionId: "tx|1" });
  assert.deepEqual(verification, { signature: "valid", session: "ok", key: "first_seen", problems: [] });
});

Deno.test("verifyRecord reads a signature in base64, without sign bytes, zero-padded, in long form and without DER", () => {
  const { r, s } = integers(sd);
  const forms = {
    base64: record.replace(sd, Uint8Array.fromHex(sd).toBase64()).replace('{"SD"', '{"SE":"base64","SD"'),
    "undeclared base64": record.replace(sd, Uint8Array.fromHex(sd).toBase64()),
    "hex declared as base64": record.replace('{"SD"', '{"SE":"base64","SD"'),
    "lower case": record.replace(sd, sd.toLowerCase()),
    "no sign byte": record.replace(sd, `30440220${r}0220${s}`),
    "extra zeros": record.replace(sd, `3048022200${"00"}${r}022200${"00"}${s}`),
    "long form": record.replace(sd, `308146028120${r}028120${s}`),
    "zeros behind": record.replace(sd, `${sd}0000`),
    bare: record.replace(sd, r + s),
  };
  for (const [name, text] of Object.entries(forms)) {
    assert.equal(signatureOf(text), "valid", name);
  }
});

Deno.test("verifyRecord rejects signatures that are zero, too large, cut off or followed by other bytes", () => {
  const { r, s } = integers(sd);
  const order = "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7";
  const forms = [
    `3006020100020100`,
    `30250201000220${s}`,
    `30250220${r}020100`,
    `30440220${order}0220${s}`,
    `30440220${"ff".repeat(32)}0220${s}`,
    `${sd}01`,
    sd.slice(0, -2),
    r,
    "zz",
    "30",
  ];
  for (const form of forms) assert.equal(signatureOf(record.replace(sd, form)), "invalid", form);
});

Deno.test("verifyRecord accepts names of curves with and without P, in any case", () => {
  for (const name of ["brainpool256r1", "BrainpoolP256R1", "BRAINPOOL256R1"]) {
    assert.equal(signatureOf(record.replace("brainpoolP256r1", name)), "valid", name);
  }
});

Deno.test("verifyRecord rejects a declared curve that differs from that of the key, and names both", () => {
  const verification = verifyRecord(bytesOf(record.replace("brainpoolP256r1", "secp256r1")), spki);
  assert.equal(verification.signature, "invalid");
  assert.match(verification.problems.join(), /secp256r1.*brainpoolP256r1/);
  assert.equal(signatureOf(record.replace("brainpoolP256r1", "secp256r1")), "invalid", "also if the key is a point");
});

Deno.test("verifyRecord reports that an invalid record was signed without its whitespace", () => {
  const spaced = (text: string) => bytesOf(text.replace('"IF":[],', '"IF": [ ],\n\t').replace('"RU":', '"RU" : '));
  const { signature, problems } = verifyRecord(spaced(record), testPublicKey);
  assert.equal(signature, "invalid");
  assert.match(problems.join(), /^The signature does not match .*; it matches the payload without whitespace: /);
  const text = payload(undefined, { TT: 'a  "quoted \\" text<=>tx-1' });
  assert.match(verifyRecord(spaced(textOf(signed(text))), testPublicKey).problems.join(), /without whitespace/);
  for (const other of [spaced(record.replace("32.125", "33.125")), bytesOf(record.replace("0.30<", "0.3 0<"))]) {
    const verdict = verifyRecord(other, testPublicKey);
    assert.equal(verdict.signature, "invalid");
    assert.doesNotMatch(verdict.problems.join(), /blanks/);
  }
});

Deno.test("verifyRecord assumes secp256r1 for a record without SA, and rejects other curves", () => {
  const bare = (text: string) => bytesOf(text.replace(/,"SA":"[^"]+"/, ""));
  for (const key of [spki, testPublicKey]) {
    const { signature, problems } = verifyRecord(bare(record), key);
    assert.equal(signature, "invalid");
    assert.match(
      problems.join(),
      /declares no algorithm, .* ECDSA-secp256r1-SHA256 applies, but .* a key on brainpoolP256r1/,
    );
  }
  const nist = textOf(bytesOf(signRecord(payload(), testKey, "secp256r1")));
  const { signature, problems } = verifyRecord(bare(nist), publicKey(testKey, "secp256r1"));
  assert.deepEqual([signature, problems], ["valid", []]);
  const declaredInside = signRecord(
    payload(undefined, { SA: "ECDSA-brainpoolP256r1-SHA256" }),
    testKey,
    "brainpoolP256r1",
  );
  const old = declaredInside.replace(/,"SA":"[^"]+"\}$/, "}");
  assert.equal(verifyRecord(bytesOf(old), spki).signature, "valid", "versions up to 0.4 have SA in the payload");
});

Deno.test("verifyRecord names an unknown algorithm", () => {
  const problemsOf = (algorithm: string) => {
    const { signature, problems } = verifyRecord(
      bytesOf(record.replace("ECDSA-brainpoolP256r1-SHA256", algorithm)),
      spki,
    );
    assert.equal(signature, "unverifiable", algorithm);
    return problems.join();
  };
  assert.match(
    problemsOf("RSA-SHA256"),
    /algorithm RSA-SHA256 is RSA, .* supported is ECDSA with SHA-256 on secp256r1, /,
  );
  assert.match(problemsOf("ECDSA-brainpoolP512r1-SHA512"), /algorithm ECDSA-brainpoolP512r1-SHA512 is unknown; /);
  assert.ok(problemsOf("X".repeat(10_000)).length < 500);
});

Deno.test("verifyRecord reports a binary record with RSA", () => {
  // The start of such a record in the examples of the transparency software.
  const binary =
    "3082034F060A2B0601040183D677010102010160323030060B2B0601040181AA74040301A00B06092A864886F70D010101A10F";
  const rsa = "30820122300D06092A864886F70D01010105000382010F003082010A0282010100" + "AF".repeat(256) + "0203010001";
  const { signature, problems } = verifyRecord(Uint8Array.fromHex(binary), rsa);
  assert.equal(signature, "malformed");
  assert.match(problems.join("\n"), /^Cannot read .* binary and signed with RSA.*\n.*it is a key for RSA,/);
});

Deno.test("verifyRecord cannot verify without a key, with an invalid key, or with an unknown algorithm", () => {
  assert.equal(verifyRecord(bytesOf(record), undefined).signature, "unverifiable");
  assert.equal(verifyRecord(bytesOf(record), "").signature, "unverifiable");
  assert.equal(verifyRecord(bytesOf(record), "no key").signature, "unverifiable");
  assert.equal(signatureOf(record.replace("brainpoolP256r1", "brainpoolP512r1")), "unverifiable");
  assert.equal(signatureOf(record.replace("SHA256", "SHA384")), "unverifiable");
  assert.equal(signatureOf(record.replace("ECDSA-brainpoolP256r1-SHA256", "RSA-SHA256")), "unverifiable");
});

Deno.test("verifyRecord reports malformed records, and why", () => {
  const forms = {
    "": /OCMF\|/,
    "ocmf|{}|{}": /OCMF\|/,
    "OCMF|": /payload/,
    "OCMF|{}": /"\|"/,
    "OCMF|{}|": /signature/,
    "OCMF|{}|{}": /SD/,
    'OCMF|{}|{"SD":""}': /SD/,
    'OCMF|{}|{"SD":[]}': /SD/,
    'OCMF|{"PG":"T1",}|{"SD":"00"}': /payload section is not JSON/,
    'OCMF|{"PG":T1}|{"SD":"00"}': /payload section is not JSON/,
    'OCMF|{"PG":01}|{"SD":"00"}': /payload section is not JSON/,
    'OCMF|{"a":"\\x"}|{"SD":"00"}': /payload section is not JSON/,
    "OCMF|[]|{}": /payload section is not a JSON object/,
    'OCMF|{"a":1|{"SD":"00"}': /payload section does not end|"\|"/,
    'OCMF|{}|{"SD":"00"}|04ab': /there is text after/,
  };
  for (const [text, problem] of Object.entries(forms)) {
    const verification = verifyRecord(bytesOf(text), testPublicKey);
    assert.equal(verification.signature, "malformed", text);
    assert.equal(verification.session, "unknown");
    assert.match(verification.problems.join(), problem);
  }
});

Deno.test("verifyRecord checks the key separately from the signature", () => {
  const other = "0475549D6C545D56221357358296C699666D67DC99C8C9A68246D87D4160FF6B3E" + "00".repeat(32);
  const key = (publicKey: string | undefined, pinnedKey?: string) =>
    verifyRecord(bytesOf(record), publicKey, pinnedKey === undefined ? {} : { pinnedKey });
  assert.equal(key(testPublicKey).key, "first_seen");
  assert.equal(key(testPublicKey, spki).key, "pinned", "the same key in another form");
  const changed = key(testPublicKey, other);
  assert.deepEqual([changed.signature, changed.key], ["valid", "changed"]);
  assert.match(changed.problems.join(), /not the known key/);
  for (const none of [undefined, ""]) {
    const { signature, key: verdict } = key(none, spki);
    assert.deepEqual([signature, verdict], ["valid", "pinned"], "without a key the known one is used");
  }
});

const spki = `305A301406072A8648CE3D020106092B2403030208010107034200${testPublicKey}`;

function signatureOf(text: string): string {
  return verifyRecord(bytesOf(text), testPublicKey).signature;
}

/** r and s with 32 bytes each. */
function integers(der: string): { r: string; s: string } {
  const length = parseInt(der.slice(6, 8), 16) * 2;
  const pad = (hex: string) => hex.replace(/^00/, "").padStart(64, "0");
  return { r: pad(der.slice(8, 8 + length)), s: pad(der.slice(12 + length)) };
}
