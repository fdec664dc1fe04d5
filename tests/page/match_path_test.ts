import assert from "node:assert/strict";
import { matchPath } from "../../src/page/shell/match_path.ts";
import { meterPath } from "../../src/page/shell/meter_path.ts";

Deno.test("a path fits a pattern with the same segments; parameters are decoded", () => {
  assert.deepEqual(matchPath("/fleet", "/fleet"), {});
  assert.deepEqual(matchPath("/", ""), {});
  assert.deepEqual(matchPath("/meter/:site/:meter", "/meter/berlin/evse-1/"), { site: "berlin", meter: "evse-1" });
  assert.equal(matchPath("/meter/:site/:meter", "/meter/berlin"), undefined);
  assert.equal(matchPath("/fleet", "/sessions"), undefined);
});

Deno.test("the path of a meter with any name leads to that meter", () => {
  for (const name of ["a/b", "100 %", "?x=1#y", "\u00e4"]) {
    assert.deepEqual(matchPath("/meter/:site/:meter", meterPath("s", name)), { site: "s", meter: name });
  }
});

Deno.test("a path that is not encoded as a URL fits no pattern", () => {
  assert.equal(matchPath("/meter/:site/:meter", "/meter/a/%E0%A4"), undefined);
});
