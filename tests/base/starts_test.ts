import assert from "node:assert/strict";
import { join } from "node:path";
import { countStart } from "../../src/base/starts.ts";
import { Logged } from "../nats/logged.ts";
import { ramFolder } from "../support/ram_folder.ts";

/** A state folder, and a start of the service in it: the count, and the log. */
function openFolder() {
  const folder = ramFolder();
  const start = () => {
    const log = new Logged();
    return { starts: countStart(folder, log), log: log.lines.map(({ text }) => text).join("\n") };
  };
  return { folder, start, [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }) };
}

const fresh = { starts: 1, log: "" };

Deno.test("starts are counted in a file that only its owner can read, also after an interrupted start", () => {
  using state = openFolder();
  const path = join(state.folder, "starts");
  assert.deepEqual(state.start(), fresh);
  assert.deepEqual(state.start(), { ...fresh, starts: 2 });
  assert.equal(Deno.readTextFileSync(path), "2\n");
  assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
  // An interrupted start has left this
  Deno.writeTextFileSync(`${path}.partial`, "");
  assert.deepEqual(state.start(), { ...fresh, starts: 3 });
  assert.deepEqual([...Deno.readDirSync(state.folder)].map(({ name }) => name), ["starts"]);
});

Deno.test("a damaged number of starts is logged, and the count begins again", () => {
  using state = openFolder();
  const path = join(state.folder, "starts");
  for (const damaged of ["", "\0\0\0\0", "-5", "1e99", "9".repeat(400), "2 3", "\xff\xfe"]) {
    Deno.writeFileSync(path, Uint8Array.from(damaged, (sign) => sign.charCodeAt(0)));
    const { starts, log } = state.start();
    assert.equal(starts, 1);
    assert.match(log, /^warn The number of starts cannot be read; .* begins with 1 again .*starts.*it is not a number/);
    assert.deepEqual(state.start(), { ...fresh, starts: 2 });
  }
});

Deno.test("the service starts although the number cannot be read or stored, and the log has the reason", () => {
  using state = openFolder();
  const path = join(state.folder, "starts");
  countStart(state.folder, new Logged());
  // The owner of the folder may not replace the file: not even root writes to a folder in its place
  Deno.mkdirSync(`${path}.partial/x`, { recursive: true });
  for (const _ of [1, 2]) {
    const { starts, log } = state.start();
    assert.equal(starts, 2);
    assert.match(log, /^warn Cannot store the number of starts; .* does not count this one .*"reason":".+"/);
  }
  Deno.removeSync(`${path}.partial`, { recursive: true });
  Deno.removeSync(path);
  Deno.mkdirSync(path);
  const { starts, log } = state.start();
  assert.equal(starts, 1);
  assert.match(log, /^warn The number of starts cannot be read; .*\nwarn Cannot store the number of starts; /);
});
