import assert from "node:assert/strict";
import { pageBundles } from "../support/page_bundles.ts";

Deno.test("the bundles need nothing but a browser, and contain the licences of what they contain", async () => {
  const { page, verify } = await pageBundles();
  for (const [name, { script, style }] of Object.entries({ page, verify })) {
    // The texts are too long for messages of assertions
    assert.ok(!/(?:^|[;}])import[ {*"]|\bDeno\.\w|\brequire\(/.test(script), name);
    assert.ok(!/@import|url\((?!"?data:)/.test(style), name);
    assert.ok(style.length > 500, name);
    for (const package_ of ["preact", "htm", "@noble/curves", "@noble/hashes"]) {
      const licence = new RegExp(`^${package_} \\d+\\.\\d+\\.\\d+, (MIT|Apache-2\\.0):\\n\\n`, "m");
      assert.ok(licence.test(script), `${name} has no licence of ${package_}`);
    }
    assert.ok(/Permission is hereby granted/.test(script) && /Apache License/.test(script), name);
  }
  assert.ok(/^uplot /m.test(page.script) && !/^uplot /m.test(verify.script));
});
