import assert from "node:assert/strict";
import { openWebSite, type WebSite } from "../support/web_site.ts";
import { usersFile } from "./users_file.ts";

const from = (hostname: string) => ({ remoteAddr: { transport: "tcp", hostname, port: 1 } as const });

/** A login through the proxy, with the headers that it adds. */
function logInThrough(site: WebSite, password: string, headers: Readonly<Record<string, string>>) {
  const body = new URLSearchParams({ user: "anna", password });
  return site.app.request("/login", { method: "POST", body, headers }, from("10.1.0.1"));
}

Deno.test("without a login in the settings, everybody on this machine sees the page", async () => {
  await using site = await openWebSite({ streams: [] });
  assert.equal((await site.app.request("/")).status, 200);
  assert.deepEqual((await (await site.app.request("/api/session")).json()).login, "open");
});

Deno.test("a trusted proxy names the user; the header of others does not count", async () => {
  const trustedProxy = { addresses: ["10.1.0.0/16", "fd00::5"], userHeader: "X-User" };
  await using site = await openWebSite({ streams: [], settings: { trustedProxy } });
  const headers = { "X-User": "anna" };
  const userFrom = async (address: string) => {
    const response = await site.app.request("/api/session", { headers }, from(address));
    return (await response.json()).user;
  };
  assert.equal(await userFrom("10.1.2.3"), "anna");
  assert.equal(await userFrom("::ffff:10.1.2.3"), "anna");
  assert.equal(await userFrom("fd00::5"), "anna");
  assert.equal(await userFrom("10.2.0.1"), undefined);

  assert.equal((await site.app.request("/", { headers }, from("10.1.2.3"))).status, 200);
  assert.equal((await site.app.request("/", { headers }, from("10.2.0.1"))).status, 403);
  assert.equal((await site.app.request("/", {}, from("10.1.2.3"))).status, 403);
});

Deno.test("behind a proxy, attempts count for the address of the client, and TLS protects the cookie", async () => {
  await using file = await usersFile({ anna: "correct horse" });
  const trustedProxy = { addresses: ["10.1.0.1"], userHeader: "X-User" };
  await using site = await openWebSite({ streams: [], settings: { trustedProxy, passwordHashFile: file.path } });
  const logIn = (client: string, password: string) =>
    logInThrough(site, password, { "X-Forwarded-For": `1.2.3.4, ${client}`, "X-Forwarded-Proto": "https" });
  for (let attempt = 1; attempt <= 5; attempt++) await logIn("192.0.2.1", "x");
  assert.equal((await logIn("192.0.2.1", "correct horse")).status, 429);
  const response = await logIn("192.0.2.2", "correct horse");
  assert.match(response.headers.get("Set-Cookie") ?? "", /; Secure;/);
});

Deno.test("without a usable X-Forwarded-For, attempts count for the proxy", async () => {
  await using file = await usersFile({ anna: "correct horse" });
  const trustedProxy = { addresses: ["10.1.0.1"], userHeader: "X-User" };
  await using site = await openWebSite({ streams: [], settings: { trustedProxy, passwordHashFile: file.path } });
  const logIn = (client: string, password: string) => logInThrough(site, password, { "X-Forwarded-For": client });
  for (const client of ["1", "nonsense", "192.0.2.1, x", "300.1.1.1", "<b>"]) await logIn(client, "x");
  assert.equal((await logIn("another", "correct horse")).status, 429);
  assert.equal((await logIn("192.0.2.1", "correct horse")).status, 303);
});

Deno.test("a name that is not that of the page is refused, because it may belong to a foreign page", async () => {
  const settings = { listen: { host: "page.example", port: 80 }, hostNames: ["energy.example.com"] };
  await using site = await openWebSite({ streams: [], settings });
  const statusAt = async (host: string) => (await site.app.request("/", { headers: { Host: host } })).status;
  for (
    const host of ["localhost:8780", "127.0.0.1", "[::1]:80", "192.168.1.9:8780", "page.example", "ENERGY.example.com"]
  ) {
    assert.equal(await statusAt(host), 200, host);
  }
  for (const host of ["evil.example:8780", "localhost.evil.example", "energy.example.com.evil.example", "a b"]) {
    assert.equal(await statusAt(host), 421, host);
  }
});

Deno.test("a page of another origin can open a link, but reads and sends nothing", async () => {
  await using site = await openWebSite({ streams: [] });
  const statusOf = async (method: string, path: string, headers: Record<string, string>) =>
    (await site.app.request(path, { method, headers })).status;
  const link = { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate" };
  assert.equal(await statusOf("GET", "/", link), 200);
  assert.equal(await statusOf("POST", "/logout", link), 403);
  assert.equal(
    await statusOf("GET", "/api/session", { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors" }),
    403,
  );
  assert.equal(await statusOf("GET", "/api/session", { "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors" }), 403);
  assert.equal(
    await statusOf("GET", "/api/session", { "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors" }),
    200,
  );
  // Over HTTP, a browser sends only the origin
  assert.equal(await statusOf("POST", "/logout", { Origin: "http://evil.example", Host: "127.0.0.1:8780" }), 403);
  assert.equal(await statusOf("POST", "/logout", { Origin: "null", Host: "127.0.0.1:8780" }), 403);
  assert.equal(await statusOf("POST", "/logout", { Origin: "http://127.0.0.1:8780", Host: "127.0.0.1:8780" }), 303);
});

Deno.test("each answer limits what a browser does with it", async () => {
  await using site = await openWebSite({ streams: [] });
  for (const path of ["/", "/login", "/assets/page-0.js", "/api/session", "/nothing/here"]) {
    const { headers } = await site.app.request(path);
    const policy = headers.get("Content-Security-Policy") ?? "";
    assert.match(
      policy,
      /default-src 'none'; script-src 'self'; style-src 'self' 'sha256-[^']+'; connect-src 'self'/,
      path,
    );
    assert.doesNotMatch(policy, /unsafe/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(headers.get("X-Content-Type-Options"), "nosniff");
    assert.equal(headers.get("Referrer-Policy"), "same-origin");
  }
});

Deno.test("an unknown path, a long body and another method get a clear refusal", async () => {
  await using site = await openWebSite({ streams: [] });
  const unknown = await site.app.request("/api/nothing");
  assert.deepEqual([unknown.status, (await unknown.json()).code], [404, "not_found"]);
  const long = await site.app.request("/logout", { method: "POST", body: "x".repeat(100_000) });
  assert.equal(long.status, 413);
  assert.equal((await site.app.request("/api/session", { method: "DELETE" })).status, 404);
});
