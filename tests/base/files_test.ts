import assert from "node:assert/strict";
import { join } from "node:path";
import { removeIfThere, sizeOf, syncFile } from "../../src/base/files.ts";

Deno.test("sizeOf() returns the bytes of a file, and undefined if it does not exist", () => {
  const folder = Deno.makeTempDirSync();
  const path = join(folder, "file");
  assert.equal(sizeOf(path), undefined);
  Deno.writeTextFileSync(path, "12345");
  assert.equal(sizeOf(path), 5);
  // Every other failure is the caller's to handle
  assert.throws(() => sizeOf(join(path, "below")), Deno.errors.NotADirectory);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("removeIfThere() removes a file, and accepts that there is none", () => {
  const path = Deno.makeTempFileSync();
  removeIfThere(path);
  assert.equal(sizeOf(path), undefined);
  removeIfThere(path);
  const folder = Deno.makeTempDirSync();
  Deno.writeTextFileSync(join(folder, "file"), "");
  assert.throws(() => removeIfThere(folder));
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("syncFile() takes a file and a folder", () => {
  const folder = Deno.makeTempDirSync();
  const path = join(folder, "file");
  Deno.writeTextFileSync(path, "1");
  syncFile(path);
  syncFile(folder);
  assert.throws(() => syncFile(join(folder, "none")), Deno.errors.NotFound);
  Deno.removeSync(folder, { recursive: true });
});
