import assert from "node:assert/strict";
import { join } from "node:path";
import { newNodeIdentity } from "../../src/base/node_identity.ts";
import { silentLog } from "../../src/base/log.ts";

Deno.test("newNodeIdentity creates a new id for each process and names the previous process in the same folder", async () => {
  const folder = await Deno.makeTempDir();
  const first = newNodeIdentity(folder, silentLog);
  const second = newNodeIdentity(folder, silentLog);
  const third = newNodeIdentity(folder, silentLog);
  assert.equal(first.replaces, undefined);
  assert.deepEqual([second.replaces, third.replaces], [first.instance, second.instance]);
  assert.equal(new Set([first.instance, second.instance, third.instance]).size, 3);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("newNodeIdentity keeps its file private, and replaces a file without an id", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "instance");
  Deno.writeTextFileSync(path, "not an id\n");
  Deno.chmodSync(path, 0o644);
  const { instance, replaces } = newNodeIdentity(folder, silentLog);
  assert.equal(replaces, undefined);
  assert.equal(Deno.readTextFileSync(path), `${instance}\n`);
  assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
  assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["instance"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("newNodeIdentity warns if it cannot write", () => {
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (message: string) => void warnings.push(message) };
  assert.match(newNodeIdentity("/nonexistent/state", log).instance, /^[0-9a-f-]{36}$/);
  assert.match(warnings.join(), /Cannot store the id/);
});
