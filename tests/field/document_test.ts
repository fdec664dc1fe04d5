import assert from "node:assert/strict";
import { assumptions } from "../../src/field/mod.ts";

Deno.test("docs/hardware.md lists the checks of field-test with the same numbers", async () => {
  const document = await Deno.readTextFile(new URL("../../docs/hardware.md", import.meta.url));
  const [, list = ""] = document.split("## Assumptions without a source");
  const listed = [...list.matchAll(/^(\d+)\. (.*)$/gm)].map(([, number, text]) => ({ number: Number(number), text }));
  assert.deepEqual(listed, assumptions.map(({ number, text }) => ({ number, text })));
});
