import assert from "node:assert/strict";
import { systemTime } from "../../src/base/time.ts";
import { startWebServer } from "../../src/web/mod.ts";
import { axeViolations, browserTest, openPage, pageName } from "../support/chromium.ts";
import { ownHost } from "../support/own_address.ts";
import { openWebSite } from "../support/web_site.ts";
import { usersFile } from "../web/users_file.ts";
import { pageAssets } from "./page_assets.ts";

browserTest("a person logs in, sees the requested page, and logs out", async (browser) => {
  await using file = await usersFile({ anna: "correct horse" });
  const settings = { passwordHashFile: file.path };
  await using site = await openWebSite({ assets: await pageAssets(), settings, streams: ["state"] });
  const server = startWebServer(site.app, { host: ownHost(), port: 0 }, systemTime);
  const origin = `http://${server.address.host}:${server.address.port}`;
  await using opened = await openPage(browser, { locale: "de-DE", colorScheme: "dark" });
  const { page } = opened;

  await page.goto(`${origin}/fleet?site=berlin`);
  assert.equal(new URL(page.url()).pathname, "/login");
  assert.deepEqual(await axeViolations(page), []);
  const fill = async (password: string) => {
    await page.getByLabel("Benutzer").fill("anna");
    await page.getByLabel("Passwort").fill(password);
    await page.getByRole("button", { name: "Anmelden" }).click();
  };
  await fill("<script>alert(1)</script>");
  await page.getByRole("alert").getByText("Der Benutzer oder das Passwort ist falsch.").waitFor();
  assert.deepEqual(await axeViolations(page), []);
  // A browser reports the status of the answer
  assert.deepEqual(opened.problems.filter((problem) => !problem.includes("status of 401")), []);

  await fill("correct horse");
  await page.waitForURL(`${origin}/fleet?site=berlin`);
  await page.locator("#app > *").first().waitFor();
  const [cookie] = await page.context().cookies();
  assert.deepEqual([cookie?.httpOnly, cookie?.sameSite], [true, "Strict"]);
  assert.deepEqual(opened.foreignRequests(origin), []);

  // A link of another page, such as a mail: the browser does not send the cookie with it
  await page.goto("about:blank");
  await page.setContent(`<a href="${origin}/fleet?site=paris">link</a>`);
  await page.getByText("link").click();
  await page.waitForURL(`${origin}/fleet?site=paris`);
  await page.getByRole("button", { name: "Abmelden" }).click();
  await page.waitForURL(`${origin}/login`);
  await page.goto(`${origin}/fleet`);
  assert.equal(new URL(page.url()).pathname, "/login");
  assert.deepEqual(opened.problems.filter((problem) => !problem.includes("status of 401")), []);
  site.live.stop();
  await server.stop();
});

browserTest("a person logs in and out without TLS, under a name of the network", async (browser) => {
  await using file = await usersFile({ anna: "correct horse" });
  const settings = { passwordHashFile: file.path, hostNames: [pageName] };
  await using site = await openWebSite({ assets: await pageAssets(), settings, streams: ["state"] });
  const server = startWebServer(site.app, { host: "127.0.0.1", port: 0 }, systemTime);
  const origin = `http://${pageName}:${server.address.port}`;
  await using opened = await openPage(browser);
  const { page } = opened;

  await page.goto(`${origin}/fleet`);
  await page.getByLabel("User").fill("anna");
  await page.getByLabel("Password").fill("correct horse");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await page.waitForURL(`${origin}/login`);
  await page.goto(`${origin}/fleet`);
  assert.equal(new URL(page.url()).pathname, "/login");
  // A browser ignores some headers without TLS
  assert.deepEqual(opened.problems.filter((problem) => !/Cross-Origin-Opener-Policy|origin-keyed/.test(problem)), []);
  site.live.stop();
  await server.stop();
});
