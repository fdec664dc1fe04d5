import assert from "node:assert/strict";
import { systemTime } from "../../src/base/time.ts";
import { startWebServer } from "../../src/web/mod.ts";
import { axeViolations, browserTest, openPage } from "../support/chromium.ts";
import { status } from "../cli/fleet_messages.ts";
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
  await page.clock.install();
  await page.goto(`${origin}/fleet`);
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Verify" }).click();
  const input = page.getByRole("textbox", { name: "Record", exact: true });
  await input.waitFor();
  await page.getByText("No live values here").waitFor();
  assert.deepEqual(await axeViolations(page), []);
  assert.deepEqual([problems, opened.foreignRequests(origin)], [[], []]);
  const before = requests.length;
  await page.context().setOffline(true);
  await server.stop();
  const ocmf = textOf(signed()).replace("32.125", "32.126");
  await input.fill(JSON.stringify({ ocmf, "public_key": testPublicKey }));
  await page.getByText("Refused: the signature does not match").waitFor();
  await page.getByText("The key in the file of the record.").waitFor();
  // Longer than all pauses after which the shell of the page tries again
  await page.clock.runFor(120_000);
  assert.deepEqual(requests.slice(before), []);
  assert.deepEqual([problems, await page.getByRole("alert").count()], [[], 0]);
});

browserTest("after a verification, the fleet shows what has changed meanwhile", async (browser) => {
  await using site = await openWebSite({ assets: await pageAssets() });
  const server = startWebServer(site.app, { host: ownHost(), port: 0 }, systemTime);
  await site.publish("berlin.evse-1.status", status("online"));
  await using opened = await openPage(browser);
  const { page, requests } = opened;
  await page.goto(`http://${server.address.host}:${server.address.port}/fleet`);
  await page.getByRole("link", { name: "evse-1" }).waitFor();
  await page.getByRole("link", { name: "Verify" }).click();
  await page.getByText("No live values here").waitFor();
  await site.publish("berlin.evse-2.status", status("online"));
  await page.getByRole("link", { name: "Fleet" }).click();
  await page.getByRole("link", { name: "evse-2" }).waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  const streams = requests.filter((url) => url.includes("/api/fleet")).map((url) => new URL(url).search);
  assert.equal(streams.length, 2);
  assert.match(streams[1] ?? "", new RegExp(`^\\?last_event_id=${site.live.id}-\\d+$`));
  await server.stop();
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
  assert.deepEqual(opened.requests.filter((url) => url.includes("/api/fleet")), []);
  await server.stop();
});
