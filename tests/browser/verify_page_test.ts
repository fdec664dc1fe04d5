import assert from "node:assert/strict";
import { systemTime } from "../../src/base/time.ts";
import { startWebServer } from "../../src/web/mod.ts";
import { axeViolations, browserTest, openPage } from "../support/chromium.ts";
import { ownHost } from "../support/own_address.ts";
import { openWebSite } from "../support/web_site.ts";
import { signed, testPublicKey, textOf } from "../ocmf/samples.ts";
import { pageAssets } from "./page_assets.ts";

browserTest("the served page refuses a tampered record without its server and without a network", async (browser) => {
  await using site = await openWebSite({ assets: await pageAssets() });
  const server = startWebServer(site.app, { host: ownHost(), port: 0 }, systemTime);
  await using opened = await openPage(browser);
  const { page, requests, problems } = opened;
  const origin = `http://${server.address.host}:${server.address.port}`;
  await page.goto(`${origin}/verify`);
  const input = page.getByRole("textbox", { name: "Record", exact: true });
  await input.waitFor();
  assert.deepEqual(await axeViolations(page), []);
  assert.deepEqual([problems, opened.foreignRequests(origin)], [[], []]);
  await page.context().setOffline(true);
  await server.stop();
  const before = requests.length;
  const ocmf = textOf(signed()).replace("32.125", "32.126");
  await input.fill(JSON.stringify({ ocmf, "public_key": testPublicKey }));
  await page.getByText("Refused: the signature does not match").waitFor();
  await page.getByText("The key in the file of the record.").waitFor();
  // The page tries to follow the fleet again; that is no request of this one
  assert.deepEqual(requests.slice(before).filter((url) => url !== `${origin}/api/fleet`), []);
});

browserTest("the served page offers the file that verifies records", async (browser) => {
  await using site = await openWebSite({ assets: await pageAssets() });
  const server = startWebServer(site.app, { host: ownHost(), port: 0 }, systemTime);
  await using opened = await openPage(browser);
  await opened.page.goto(`http://${server.address.host}:${server.address.port}/verify`);
  const [download] = await Promise.all([
    opened.page.waitForEvent("download"),
    opened.page.getByRole("link", { name: "This page as a file" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "verify.html");
  const path = await download.path();
  assert.equal(await Deno.readTextFile(path), (await pageAssets()).verifyDocument);
  await server.stop();
});
