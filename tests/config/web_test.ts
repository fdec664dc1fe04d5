import assert from "node:assert/strict";
import { parseWeb } from "../../src/config/mod.ts";
import { configText, load, problemsOf } from "../support/config_text.ts";

const web = (text: string) => configText({ top: `web: ${text}` });

Deno.test("the section web has defaults, and paths start in the folder of the file", () => {
  assert.deepEqual(load(web("{}")).web, { listen: { host: "127.0.0.1", port: 8780 }, basePath: "/", hostNames: [] });
  const proxy = "trusted_proxy: { addresses: [10.0.0.0/8], user_header: X-User }";
  assert.deepEqual(load(web(`{ listen: "[::]:80", base_path: /a/b, password_hash_file: users, ${proxy} }`)).web, {
    listen: { host: "::", port: 80 },
    basePath: "/a/b",
    passwordHashFile: "/etc/wattseal/users",
    trustedProxy: { addresses: ["10.0.0.0/8"], userHeader: "X-User" },
    hostNames: [],
  });
  assert.equal(load(configText()).web, undefined);
});

Deno.test("an address of the page that other machines can reach requires a login", () => {
  for (const listen of ["127.0.0.1:80", "127.9.9.9:80", "localhost:80", "'[::1]:80'"]) {
    assert.deepEqual(problemsOf(web(`{ listen: ${listen} }`)), [], listen);
  }
  for (const listen of ["0.0.0.0:80", "192.168.1.9:80", "page.example:80", "'[::]:80'", "127.0.0.1.example:80"]) {
    const [problem] = problemsOf(web(`{ listen: ${listen} }`));
    assert.equal(problem?.key, "web.listen", listen);
    assert.match(problem.message, /without a login, allowed an address of this machine alone/);
    assert.deepEqual(problemsOf(web(`{ listen: ${listen}, password_hash_file: users }`)), []);
  }
});

Deno.test("a wrong value of the section web is named with its key", () => {
  const wrong = {
    "web.base_path": "{ base_path: /a/ }",
    "web.trusted_proxy.addresses[0]": "{ trusted_proxy: { addresses: [10.0.0.0/33], user_header: X } }",
    "web.trusted_proxy.user_header": "{ trusted_proxy: { addresses: [10.0.0.1] } }",
    "web.host_names[0]": "{ host_names: ['a:80'] }",
    "web.listen": "{ listen: '127.0.0.1' }",
  };
  for (const [key, text] of Object.entries(wrong)) {
    assert.deepEqual(problemsOf(web(text)).map((found) => found.key), [key]);
  }
});

Deno.test("options of the command have precedence over the section web", () => {
  const file = load(web("{ base_path: /a, password_hash_file: users, host_names: [page.example] }")).web;
  const merged = parseWeb(file, { listen: "0.0.0.0:81", base_path: undefined, host_names: ["other.example"] }, "/work");
  assert.deepEqual(merged, {
    listen: { host: "0.0.0.0", port: 81 },
    basePath: "/a",
    passwordHashFile: "/etc/wattseal/users",
    hostNames: ["other.example"],
  });
  assert.equal(parseWeb(undefined, { password_hash_file: "users" }, "/srv").passwordHashFile, "/srv/users");
  assert.throws(
    () => parseWeb(undefined, { listen: "0.0.0.0:81" }, "/"),
    /^RangeError: listen: found 0\.0\.0\.0:81 without/,
  );
  assert.throws(() => parseWeb(undefined, { base_path: "a" }, "/"), /^RangeError: base_path: allowed is \//);
});
