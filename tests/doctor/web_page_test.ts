import assert from "node:assert/strict";
import type { WebSettings } from "../../src/config/mod.ts";
import { checkWebPage } from "../../src/doctor/web_page.ts";
import { openWebSite } from "../support/web_site.ts";
import { ownHost } from "../support/own_address.ts";
import { userLine } from "../web/users_file.ts";
import { FakeMachine, texts, wattseal } from "./fake_machine.ts";

const port = 4000;

/** The findings about the section `web`, with the folder of the machine left out. */
async function found(
  machine: FakeMachine,
  web: Partial<WebSettings> | undefined,
  account = owner,
): Promise<string[]> {
  const examined = machine.examined();
  const defaults: WebSettings = { listen: { host: ownHost(), port }, basePath: "/", hostNames: [] };
  const settings = { ...examined.settings, ...(web && { web: { ...defaults, ...web } }) };
  const findings = await checkWebPage({ ...examined, account, settings });
  return texts(findings).map((text) => text.replaceAll(machine.root, ""));
}

/** The account of this process: files of the test belong to it. */
const owner = { ...wattseal, uid: Deno.uid() ?? 0 };

Deno.test("a free address of the page is fine, one with passwords for the network is a warning", async () => {
  using machine = new FakeMachine();
  assert.deepEqual(await found(machine, undefined), ["ok: The section web is not set"]);
  const host = ownHost();
  assert.deepEqual(await found(machine, { listen: { host, port } }), [`ok: ${host}:4000 is free`]);
  const passwordHashFile = machine.write("etc/users", userLine("anna", "long secret"), 0o600);
  const [address] = await found(machine, { listen: { host: "0.0.0.0", port: 20_418 }, passwordHashFile });
  assert.match(address ?? "", /^warning: 0\.0\.0\.0:20418 is free; the page has no TLS.* -> set web\.listen to 127/);
});

Deno.test("an address of the page that another program uses is a problem, and that of the page itself is not", async () => {
  using machine = new FakeMachine();
  const listen = { host: ownHost(), port };
  const check = () => found(machine, { listen, basePath: "/fleet" });
  {
    await using _other = Deno.serve({ hostname: listen.host, port, onListen: () => {} }, () => new Response("{}"));
    const [inUse = ""] = await check();
    assert.match(inUse, /^problem: .*:4000 is used by .* -> stop it, or set web\.listen to another port$/);
  }
  await using site = await openWebSite({ settings: { basePath: "/fleet" }, streams: [] });
  await using _page = Deno.serve(
    { hostname: listen.host, port, onListen: () => {} },
    (request, { remoteAddr }) => site.app.fetch(request, { remoteAddr }),
  );
  assert.deepEqual(await check(), [`ok: The page is at http://${listen.host}:4000/fleet`]);
});

Deno.test("the file of users must exist, have a user, and be closed for other users", async () => {
  using machine = new FakeMachine();
  const anna = userLine("anna", "long secret");
  const users = async (text: string, mode: number, account = owner) => {
    const passwordHashFile = machine.write("etc/users", text, mode);
    return (await found(machine, { passwordHashFile }, account)).slice(1);
  };
  const missing = await found(machine, { passwordHashFile: `${machine.root}/etc/none` });
  assert.deepEqual(missing.slice(1), [
    "problem: /etc/none does not exist -> as user wattseal: wattseal web --password-hash-file /etc/none " +
    "--add-user NAME",
  ]);
  assert.match(
    (await users("# nobody\n\n", 0o600))[0] ?? "",
    /^problem: \/etc\/users has no user -> .*--add-user NAME$/,
  );
  const password = await users(`# all\n${anna}berta:long secret\n`, 0o600);
  assert.match(
    password[0] ?? "",
    /^problem: Cannot use line 3 of \/etc\/users, so web ends: it is neither an scrypt hash .* -> .*--add-user NAME$/,
  );
  assert.doesNotMatch(password.join(), /secret/);
  const cut = await users(`${anna.slice(0, -30)}\n`, 0o600);
  assert.match(cut[0] ?? "", /^problem: Cannot use line 1 of .*, so web ends: its hash has \d+ bytes, at least 16 /);
  assert.deepEqual(await users(anna, 0o600), ["ok: User wattseal may read /etc/users"]);
  assert.match(
    (await users(anna, 0o644))[1] ?? "",
    /^problem: Every user of this machine has access to \/etc\/users, .* -> chmod o= \/etc\/users$/,
  );
  const foreign = await users(anna, 0o600, wattseal);
  assert.match(foreign[0] ?? "", /^problem: User wattseal may not read \/etc\/users \(.* 600\) -> chown root:/);
});
