import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Users } from "../../src/web/mod.ts";
import { RealTerminal } from "../support/real_terminal.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

Deno.test("web --add-user on a terminal does not show the password, asks twice, and gives the terminal back", async () => {
  const folder = await Deno.makeTempDir({ prefix: "wattseal-web-" });
  const file = join(folder, "users");
  const add = (name: string) =>
    `deno run -A --no-check "${main}" web --password-hash-file "${file}" --add-user ${name}; echo "code $?"; pause`;
  const script = `echo before; pause; ${["anna", "berta", "carla"].map(add).join("\n")}`;
  await using terminal = await RealTerminal.run(script, { columns: 100, rows: 24 });
  const shows = (text: string) => terminal.until((screen) => screen.text.includes(text));
  await shows("before");
  const before = await terminal.modes();
  await terminal.proceed();

  await shows("Password of anna; it is not shown:");
  assert.ok((await terminal.modes()).words.has("-echo"));
  // A mistake and its correction, an arrow, and a line that is erased
  await terminal.press("wrong\x15long enouhg\x7f\x7fgh\x1b[D\r");
  await shows("The same again:");
  await terminal.press("long enough\r");
  await shows(`${file} has the user anna\ncode 0`);
  assert.equal((await terminal.modes()).all, before.all);
  assert.equal(await new Users(file).check("anna", "long enough", { isKnown: false }), true);
  await terminal.proceed();

  await shows("Password of berta");
  await terminal.press("long enough\rlong enoug\r");
  await shows("Cannot add the user berta: the two passwords differ; repeat the command\ncode 2");
  await terminal.proceed();

  await shows("Password of carla");
  await terminal.press("long enou\x03");
  await shows("code 130");
  assert.equal((await terminal.modes()).all, before.all);
  assert.doesNotMatch(terminal.received, /enou|wrong/);
  assert.doesNotMatch(await Deno.readTextFile(file), /berta|carla/);
  await Deno.remove(folder, { recursive: true });
});
