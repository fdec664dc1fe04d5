import assert from "node:assert/strict";
import { join } from "node:path";
import { connect } from "nats";
import { addWebUser } from "../../src/cli/add_web_user.ts";
import { webWarnings } from "../../src/cli/web_warnings.ts";
import { Users } from "../../src/web/mod.ts";
import { reading } from "./fleet_messages.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { freeAddress } from "../support/own_address.ts";
import { runCommand } from "../support/run_command.ts";
import { CommandProcess } from "../support/start_process.ts";

Deno.test("web serves the page until SIGTERM", async () => {
  await using server = await startNatsServer();
  const address = freeAddress();
  await using process = new CommandProcess([
    "web",
    "--server",
    server.address,
    "--listen",
    address,
    "--base-path",
    "/a",
  ]);
  assert.equal(await process.line("page"), `The page is at http://${address}/a`);
  const page = await (await fetch(`http://${address}/a`)).text();
  const [script = ""] = /\/a\/assets\/page-[^"]+\.js/.exec(page) ?? [];
  assert.equal((await (await fetch(`http://${address}${script}`)).text()).length > 1000, true);
  // Nothing that a page does makes the runtime print a warning
  const leaving = new AbortController();
  await (await fetch(`http://${address}/a/api/fleet`, { signal: leaving.signal })).body?.getReader().read();
  leaving.abort();
  // A body of unknown length
  const body = new Blob(["user=anna"]).stream();
  assert.equal((await fetch(`http://${address}/a/logout`, { method: "POST", body })).url, `http://${address}/a/`);
  const client = await connect({ servers: server.address });
  client.publish("wattseal.berlin.evse-1.reading", JSON.stringify(reading));
  await client.close();
  assert.equal((await fetch(`http://${address}/a/api/meters/berlin/evse-1/history`)).status, 404);
  process.signal("SIGTERM");
  const { code, err } = await process.ended();
  assert.deepEqual([code, err], [0, ""]);
});

Deno.test("web refuses options that exclude each other or are not allowed, before it connects", async () => {
  const problemOf = async (...options: string[]) => {
    const { code, err } = await runCommand(["web", "--server", "127.0.0.1:1", ...options]);
    assert.equal(code, 2, err);
    return err;
  };
  assert.match(await problemOf("--listen", "0.0.0.0:8780"), /--listen .*0\.0\.0\.0:8780 without a login/);
  assert.match(await problemOf("--listen", "nonsense"), /--listen .*allowed is HOST:PORT/);
  assert.match(await problemOf("--trusted-proxy", "10.0.0.1"), /--trusted-proxy and --user-header require each other/);
  assert.match(await problemOf("--trusted-proxy", "a", "--user-header", "X"), /--trusted-proxy .*an IP address/);
  assert.match(await problemOf("--password-hash-file", "/missing/users"), /Cannot read \/missing\/users/);
  assert.match(await problemOf("--add-user", "anna"), /--password-hash-file/);
});

Deno.test("web warns of passwords without TLS, and of a file of users that all may read", async () => {
  const file = await Deno.makeTempFile();
  const warnings = (host: string, passwordHashFile?: string) =>
    webWarnings({
      listen: { host, port: 1 },
      basePath: "/",
      hostNames: [],
      ...(passwordHashFile !== undefined && { passwordHashFile }),
    });
  assert.deepEqual(warnings("0.0.0.0"), []);
  assert.deepEqual(warnings("127.0.0.1", file), []);
  assert.match(warnings("0.0.0.0", file).join(), /^The page has no TLS/);
  await Deno.chmod(file, 0o640);
  assert.deepEqual(warnings("127.0.0.1", file), []);
  await Deno.chmod(file, 0o604);
  assert.match(warnings("127.0.0.1", file).join(), /^All users of this machine have access to .*: chmod o= it$/);
  await Deno.remove(file);
});

Deno.test("web ends with 3 without NATS", async () => {
  const { code, err } = await runCommand(["web", "--server", "127.0.0.1:1"]);
  assert.deepEqual([code, /Cannot connect to NATS at 127\.0\.0\.1:1/.test(err)], [3, true]);
});

Deno.test("web --add-user stores a password that allows a login, and refuses a short one", async () => {
  const folder = await Deno.makeTempDir({ prefix: "wattseal-web-" });
  const file = join(folder, "users");
  const added = async (name: string, input: string) => {
    const ran = { out: "", err: "" };
    const code = await addWebUser(name, file, {
      out: (text) => ran.out += text,
      err: (text) => ran.err += text,
      holdTerminal: () => ({ hasKeys: false, [Symbol.dispose]: () => {} }),
      interrupted: new AbortController().signal,
      readInput: () => Promise.resolve(new TextEncoder().encode(input)),
    });
    return { code, ...ran };
  };
  assert.match((await added("anna", "short\n")).err, /at least 10 characters/);
  assert.equal((await added("an na", "long enough\n")).code, 2);
  assert.deepEqual(await added("anna", "long enough\n"), { code: 0, out: `${file} has the user anna\n`, err: "" });
  assert.equal(await new Users(file).check("anna", "long enough", { isKnown: false }), true);
  await Deno.remove(folder, { recursive: true });
});
