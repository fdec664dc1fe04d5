import assert from "node:assert/strict";
import { errorText } from "../../src/base/log.ts";

Deno.test("errorText includes each cause once, even if a message already quotes it", () => {
  const deepest = new Error("no such file");
  const middle = new Error("cannot open /dev/x", { cause: deepest });
  const top = new Error("cannot read meter 1: cannot open /dev/x", { cause: middle });
  assert.equal(errorText(top), "cannot read meter 1: cannot open /dev/x: no such file");
});

Deno.test("errorText accepts any thrown value", () => {
  assert.equal(errorText("plain"), "plain");
  assert.equal(errorText(new Error("outer", { cause: 42 })), "outer: 42");
});
