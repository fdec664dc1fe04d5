import assert from "node:assert/strict";
import { pointToSpki, publicKey, signRecord } from "../../src/ocmf/mod.ts";
import { begin, bytesOf, end, payload, signed, testKey, testPublicKey, textOf } from "./samples.ts";
import { run, verdicts } from "./verify_command.ts";

Deno.test("verify reads S.A.F.E. XML with entities, CDATA, base64, hex and keys with any declared encoding", async () => {
  const text = textOf(signed(payload(undefined, { ID: "<&>\u00e4" })));
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&#x3c;").replaceAll(">", "&gt;").replaceAll(
    "\u00e4",
    "&#228;",
  );
  const bytes = bytesOf(text);
  const values = [
    `<signedData format="OCMF" encoding="plain">\n  ${escaped}\n</signedData>`,
    `<signedData><![CDATA[${text}]]></signedData>`,
    `<signedData format='OCMF' encoding='base64'>${bytes.toBase64()}</signedData>`,
    `<signedData format="OCMF" encoding="hex">${bytes.toHex()}</signedData>`,
    `<signedData format="ocmf">${bytes.toHex()}</signedData>`,
  ].map((data) => `<value context="x">${data}<publicKey encoding="plain">${testPublicKey}</publicKey></value>`);
  const file = `\ufeff<?xml version="1.0"?>\n<!-- <value> --><s:values xmlns:s="x">${values.join("\n")}</s:values>\n`;
  const [code, ...found] = await verdicts(file);
  assert.equal(code, 0);
  assert.deepEqual(found, ["valid ok first_seen", ...Array(4).fill("valid ok pinned")]);
});

Deno.test("verify reads S.A.F.E. XML in ISO-8859-1, with keys in blocks, with a trailing zero, of P-384 and of RSA", async () => {
  const p384 = new Uint8Array(48).fill(5);
  const text = payload(undefined, { ID: "M\u00fcller" });
  const blocks = pointToSpki(testPublicKey).replace(/(....)/g, "$1 ");
  const rsa = "30820122300D06092A864886F70D01010105000382010F003082010A0282010100" + "AF".repeat(256) + "0203010001";
  const values = [
    [signRecord(text, testKey, "brainpoolP256r1"), blocks],
    [signRecord(text, testKey, "brainpoolP256r1"), `${testPublicKey}00`],
    [signRecord(text, p384, "secp384r1"), publicKey(p384, "secp384r1")],
    [signRecord(text, testKey, "brainpoolP256r1").replace("brainpoolP256r1", "brainpoolP512r1"), blocks],
    [signRecord(text, testKey, "brainpoolP256r1"), rsa],
  ].map(([data = "", key]) => {
    const escaped = data.replaceAll("<", "&lt;");
    return `<value><signedData>${escaped}</signedData><publicKey>${key}</publicKey></value>`;
  });
  const file = `<?xml version="1.0" encoding="ISO-8859-1"?><values>${values.join("")}</values>`;
  const { code, lines } = await run(Uint8Array.from(file, (character) => character.charCodeAt(0)));
  assert.equal(code, 1);
  assert.deepEqual(lines.map(({ signature }) => signature), [
    ...Array(3).fill("valid"),
    "unverifiable",
    "unverifiable",
  ]);
  assert.match(lines[3]?.problems.join() ?? "", /algorithm ECDSA-brainpoolP512r1-SHA256 is unknown/);
  assert.match(lines[4]?.problems.join() ?? "", /a key for RSA/);
});

Deno.test("verify checks begin and end of one transaction in XML as one session", async () => {
  const file = (endReading: typeof end, endPagination = "T8") =>
    xml(
      ["Transaction.End", payload([endReading], { PG: endPagination })],
      ["Transaction.Begin", payload([begin])],
    );
  assert.deepEqual(await verdicts(file(end)), [0, "tx valid ok first_seen", "tx valid ok pinned"]);
  const backwards = await run(file({ ...end, RV: "9" }));
  assert.deepEqual([backwards.code, ...backwards.lines.map(({ session }) => session)], [1, "violated", "violated"]);
  const gap = await run(file(end, "T9"));
  assert.match(gap.lines[0]?.problems.join() ?? "", /T9, but T8 is expected/);
});

Deno.test("verify ignores other formats in XML", async () => {
  const other = '<values><value><signedData format="ALFEN">AP;0;3</signedData></value></values>';
  assert.equal((await run(other)).code, 2);
});

Deno.test("verify reports an empty OCMF element, and reads XML without a root element", async () => {
  const empty = '<value transactionId="7"><signedData format="OCMF"/></value>';
  const whole = xml(["Transaction.End", payload()]).replace("<values>", "").replace("</values>", "");
  assert.deepEqual(await verdicts(empty + whole, {}), [1, "7 malformed unknown first_seen", "tx valid ok first_seen"]);
});

function xml(...values: readonly (readonly [string, string])[]): string {
  const elements = values.map(([context, text]) =>
    `<value transactionId="tx" context="${context}">
    <signedData>${signRecord(text, testKey, "brainpoolP256r1").replaceAll("<", "&lt;")}</signedData>
    <publicKey>${testPublicKey}</publicKey></value>`
  );
  return `<values>${elements.join("")}</values>`;
}
