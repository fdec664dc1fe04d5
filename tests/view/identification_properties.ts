import assert from "node:assert/strict";
import fc from "fast-check";
import { sessionOf } from "../../src/ocmf/mod.ts";
import { maskRecord, maskText } from "../../src/view/mod.ts";
import { type Property, property } from "../fuzz/property.ts";
import { bytesOf, payload } from "../ocmf/samples.ts";

const identification = fc.string({ unit: "binary", minLength: 6, maxLength: 39 }).filter((id) =>
  [...id.trim()].length >= 6
);

/** Properties of records with any identification. */
export const identificationProperties: readonly Property[] = [
  property(
    {
      name: "masked-identification",
      title: "a masked record has its identification in none of its texts, and stays readable",
      runs: 200,
    },
    [identification, fc.string({ unit: "binary", maxLength: 20 })],
    (id, other) => {
      const fields = { ID: id, TT: `${other}${id}${other}<=>${id}`, CI: `${id}${other}` };
      const { text } = maskRecord(`OCMF|${payload(undefined, fields)}|{"SD":"00"}`, true);
      const session = sessionOf(bytesOf(text));
      assert.equal(session?.identification?.data, maskText);
      for (const shown of [session?.tariffText, session?.evseId, session?.transactionId]) {
        assert.ok(shown === undefined || !shown.toLowerCase().includes(id.trim().toLowerCase()));
      }
    },
  ),
];
