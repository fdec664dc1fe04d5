import assert from "node:assert/strict";
import { silentLog } from "../../src/base/log.ts";
import type { WebSettings } from "../../src/config/mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { openWebSite, type WebSite } from "../support/web_site.ts";
import { usersFile } from "./users_file.ts";

const right = "correct horse";

async function guardedSite(settings: Partial<WebSettings> = {}) {
  const file = await usersFile({ anna: right });
  const time = new FakeTime();
  const site = await openWebSite({ time, streams: [], settings: { passwordHashFile: file.path, ...settings } });
  return {
    ...site,
    time,
    file,
    [Symbol.asyncDispose]: async () => {
      await site[Symbol.asyncDispose]();
      await file[Symbol.asyncDispose]();
    },
  };
}

const from = (hostname: string) => ({ remoteAddr: { transport: "tcp", hostname, port: 1 } as const });

function logIn(
  { app }: Pick<WebSite, "app">,
  { user = "anna", password = right, address = "10.0.0.1", next = "/" },
  path = "/login",
): Promise<Response> {
  const body = new URLSearchParams({ user, password, next });
  return Promise.resolve(app.request(path, { method: "POST", body }, from(address)));
}

const cookieOf = (response: Response) => (response.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "";

Deno.test("without a login, pages lead to the login and answers are refused", async () => {
  await using site = await guardedSite();
  const page = await site.app.request("/meter/berlin/evse-1?tab=1");
  assert.equal(page.status, 303);
  assert.equal(page.headers.get("Location"), "/login?next=%2Fmeter%2Fberlin%2Fevse-1%3Ftab%3D1");
  const api = await site.app.request("/api/fleet");
  assert.deepEqual([api.status, (await api.json()).code], [401, "login"]);
  assert.deepEqual((await (await site.app.request("/api/session")).json()).login, "password");
  const form = await (await site.app.request("/login?next=/sessions", { headers: { "Accept-Language": "de-DE,de" } }))
    .text();
  assert.match(form, /<html lang="de">/);
  assert.match(form, /name="next" value="\/sessions"/);
});

Deno.test("a login leads back to the page, and lasts until the logout", async () => {
  await using site = await guardedSite();
  const response = await logIn(site, { next: "/meter/berlin/evse-1" });
  assert.equal(response.status, 303);
  assert.equal(response.headers.get("Location"), "/meter/berlin/evse-1");
  assert.match(response.headers.get("Set-Cookie") ?? "", /; Path=\/; HttpOnly; SameSite=Strict$/);
  const headers = { Cookie: cookieOf(response) };
  assert.equal((await site.app.request("/sessions", { headers })).status, 200);
  assert.equal((await (await site.app.request("/api/session", { headers })).json()).user, "anna");

  await site.app.request("/logout", { method: "POST", headers });
  assert.equal((await site.app.request("/sessions", { headers })).status, 303);
});

Deno.test("the login that a link of another page opens asks again, then with the cookie", async () => {
  await using site = await guardedSite();
  const refreshOf = async (path: string, fetchSite: string) => {
    const headers = { "Sec-Fetch-Site": fetchSite, "Sec-Fetch-Mode": "navigate" };
    return (await site.app.request(path, { headers })).headers.get("Refresh");
  };
  const again = "/login?next=%2Ffleet%3Fsite%3Da&continued=1";
  assert.equal(await refreshOf("/login?next=%2Ffleet%3Fsite%3Da", "cross-site"), `0; url=${again}`);
  assert.equal(await refreshOf(again, "cross-site"), null);
  assert.equal(await refreshOf("/login?next=%2Ffleet", "same-origin"), null);
  assert.equal(await refreshOf("/login?next=%2Ffleet", "none"), null);
});

Deno.test("the cookies of two pages of one host have different names, and a prefix with TLS", async () => {
  const nameAt = async (settings: Partial<WebSettings>, forwarded: Record<string, string> = {}) => {
    const trustedProxy = { addresses: ["10.0.0.1"], userHeader: "X-User" };
    await using site = await guardedSite({ trustedProxy, ...settings });
    const init = { method: "POST", body: new URLSearchParams({ user: "anna", password: right }), headers: forwarded };
    const root = settings.basePath ?? "";
    const response = await site.app.request(`${root}/login`, init, from("10.0.0.1"));
    const headers = { ...forwarded, Cookie: cookieOf(response) };
    assert.equal((await site.app.request(`${root}/`, { headers }, from("10.0.0.1"))).status, 200);
    const ended = await site.app.request(`${root}/logout`, { method: "POST", headers }, from("10.0.0.1"));
    const [name] = cookieOf(response).split("=");
    assert.match(ended.headers.get("Set-Cookie") ?? "", new RegExp(`^${name}=; Max-Age=0; `));
    return name;
  };
  const tls = { "X-Forwarded-Proto": "https" };
  assert.equal(await nameAt({}), "wattseal_login_8780");
  assert.equal(await nameAt({ listen: { host: "127.0.0.1", port: 8781 } }), "wattseal_login_8781");
  assert.equal(await nameAt({}, tls), "__Host-wattseal_login_8780");
  assert.equal(await nameAt({ basePath: "/energy" }, tls), "__Secure-wattseal_login_8780");
});

Deno.test("a login ends after twelve hours", async () => {
  await using site = await guardedSite();
  const headers = { Cookie: cookieOf(await logIn(site, {})) };
  await site.time.advance(12 * 3_600_000 - 1);
  assert.equal((await site.app.request("/", { headers })).status, 200);
  await site.time.advance(1);
  assert.equal((await site.app.request("/", { headers })).status, 303);
});

Deno.test("the live state of a page ends with its login: by a logout, by its age and by too many others", async () => {
  for (const way of ["logout", "age", "others"]) {
    await using site = await guardedSite();
    const headers = { Cookie: cookieOf(await logIn(site, {})) };
    const response = await site.app.request("/api/fleet", { headers });
    assert.equal(response.status, 200, way);
    const ended = response.text();
    if (way === "logout") await site.app.request("/logout", { method: "POST", headers });
    if (way === "age") await site.time.advance(12 * 3_600_000);
    if (way === "others") { for (let login = 1; login <= 1000; login++) await logIn(site, {}); }
    assert.match(await ended, /^retry: /, way);
  }
});

Deno.test("a wrong password and an unknown user get the same answer, which repeats no password", async () => {
  await using site = await guardedSite();
  const answers = [{ password: "wrong-one" }, { user: "<b>", password: right }];
  const texts = await Promise.all(answers.map(async (entered) => {
    const response = await logIn(site, entered);
    assert.equal(response.status, 401);
    assert.equal(response.headers.get("Set-Cookie"), null);
    return await response.text();
  }));
  for (const text of texts) {
    assert.match(text, /role="alert">The user or the password is wrong\./);
    assert.doesNotMatch(text, /wrong-one|<b>|correct horse/);
  }
});

Deno.test("the log has the name of a failed login only if it can be a name, because it may be a password", async () => {
  await using file = await usersFile({ anna: right });
  const lines: unknown[] = [];
  const log = { ...silentLog, warn: (_: string, fields?: unknown) => void lines.push(fields) };
  await using site = await openWebSite({ streams: [], log, settings: { passwordHashFile: file.path } });
  await logIn(site, { user: "berta", password: "x" });
  await logIn(site, { user: right, password: "" });
  await logIn(site, { user: "b".repeat(60_000), password: "x" });
  const address = "10.0.0.1";
  assert.deepEqual(lines, [{ user: "berta", address }, { address }, { address }]);
});

Deno.test("an address has five attempts, and one more every two minutes", async () => {
  await using site = await guardedSite();
  for (let attempt = 1; attempt <= 5; attempt++) assert.equal((await logIn(site, { password: "x" })).status, 401);
  const refused = await logIn(site, {});
  assert.deepEqual([refused.status, refused.headers.get("Retry-After")], [429, "120"]);
  assert.equal((await logIn(site, { address: "10.0.0.2" })).status, 303);

  await site.time.advance(119_000);
  assert.equal((await logIn(site, {})).status, 429);
  await site.time.advance(1_000);
  assert.equal((await logIn(site, { password: "x" })).status, 401);
  assert.equal((await logIn(site, {})).status, 429);
  await site.time.advance(120_000);
  assert.equal((await logIn(site, {})).status, 303);
});

Deno.test("the addresses of one IPv6 network share their attempts", async () => {
  await using site = await guardedSite();
  for (let attempt = 1; attempt <= 5; attempt++) await logIn(site, { password: "x", address: `2001:db8::${attempt}` });
  assert.equal((await logIn(site, { address: "2001:db8:0:0:ffff::9" })).status, 429);
  assert.equal((await logIn(site, { address: "2001:db8:0:1::1" })).status, 303);
});

Deno.test("attempts from many addresses delay a user, but not where the user has logged in before", async () => {
  await using site = await guardedSite();
  const known = { address: "192.0.2.1" };
  assert.equal((await logIn(site, known)).status, 303);
  for (let attempt = 1; attempt <= 20; attempt++) {
    assert.equal((await logIn(site, { password: "x", address: `10.0.0.${attempt}` })).status, 401);
  }
  const refused = await logIn(site, { address: "10.0.1.1" });
  assert.deepEqual([refused.status, refused.headers.get("Retry-After")], [429, "10"]);
  // The same for a name that no user has
  for (let attempt = 1; attempt <= 20; attempt++) await logIn(site, { user: "nobody", address: `10.0.2.${attempt}` });
  assert.equal((await logIn(site, { user: "nobody", address: "10.0.1.1" })).status, 429);

  assert.equal((await logIn(site, known)).status, 303);
  await site.time.advance(10_000);
  assert.equal((await logIn(site, { address: "10.0.1.1" })).status, 303);
});

Deno.test("many attempts at the same time leave a place for a user who has logged in before", async () => {
  await using site = await guardedSite();
  const known = { address: "192.0.2.1" };
  assert.equal((await logIn(site, known)).status, 303);
  const attempts = Array.from({ length: 10 }, (_, index) => logIn(site, { password: "x", address: `10.0.0.${index}` }));
  const last = logIn(site, known);
  const statuses = (await Promise.all(attempts)).map(({ status }) => status);
  assert.deepEqual([...new Set(statuses)].toSorted(), [401, 503]);
  assert.equal((await last).status, 303);
});

Deno.test("right passwords cost no attempt", async () => {
  await using site = await guardedSite();
  for (let attempt = 1; attempt <= 8; attempt++) assert.equal((await logIn(site, {})).status, 303);
});

Deno.test("a link to the login leads to no other server", async () => {
  await using site = await guardedSite();
  for (
    const next of ["//evil.example/", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "/..//evil"]
  ) {
    const location = (await logIn(site, { next })).headers.get("Location") ?? "";
    assert.equal(new URL(location, "http://page.example").host, "page.example", next);
  }
});

Deno.test("a change of the file of users counts at the next login", async () => {
  await using site = await guardedSite();
  await using other = await usersFile({ berta: "another word" });
  await Deno.copyFile(other.path, site.file.path);
  assert.equal((await logIn(site, {})).status, 401);
  assert.equal((await logIn(site, { user: "berta", password: "another word" })).status, 303);
});

Deno.test("all paths are below the base path", async () => {
  await using site = await guardedSite({ basePath: "/energy" });
  assert.equal((await site.app.request("/energy/sessions")).headers.get("Location"), "/energy/login?next=%2Fsessions");
  const response = await logIn(site, { next: "/sessions" }, "/energy/login");
  assert.equal(response.headers.get("Location"), "/energy/sessions");
  assert.match(response.headers.get("Set-Cookie") ?? "", /; Path=\/energy;/);
  const headers = { Cookie: cookieOf(response) };
  const page = await (await site.app.request("/energy", { headers })).text();
  assert.match(page, /data-base-path="\/energy"/);
  assert.match(page, /src="\/energy\/assets\/page-0\.js"/);
  assert.equal((await site.app.request("/sessions", { headers })).status, 404);
});
