import assert from "node:assert/strict";
import { createPrivate, isExposed, makePrivate } from "../../src/base/private_files.ts";

Deno.test("makePrivate removes the permissions of the group and others, and ignores a missing file", () => {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/file`;
  createPrivate(path);
  assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
  assert.equal(isExposed(path), false);
  Deno.chmodSync(path, 0o664);
  assert.equal(isExposed(path), true);
  makePrivate(path);
  assert.equal(isExposed(path), false);
  makePrivate(`${folder}/none`);
  assert.equal(isExposed(`${folder}/none`), false);
  Deno.removeSync(folder, { recursive: true });
});
