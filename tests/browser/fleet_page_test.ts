import assert from "node:assert/strict";
import { connect, type NatsConnection } from "nats";
import type { Browser, Locator, Page } from "playwright-core";
import { streamConfig } from "../../src/nats/mod.ts";
import { axeViolations, browserTest, type OpenedPage, openPage } from "../support/chromium.ts";
import { type NatsServer, startNatsServer } from "../support/nats_server.ts";
import { type ServedPage, servePage } from "../support/page_site.ts";
import { PublishedFleet } from "../support/published_fleet.ts";

/** A page for a fleet of two sites that does not exist. */
interface Bench extends AsyncDisposable {
  readonly server: NatsServer;
  readonly nats: NatsConnection;
  readonly fleet: PublishedFleet;
  readonly served: ServedPage;
  readonly opened: OpenedPage;
  readonly page: Page;
}

async function openBench(browser: Browser, options: Parameters<typeof openPage>[1] = {}): Promise<Bench> {
  await using parts = new AsyncDisposableStack();
  const server = parts.use(await startNatsServer());
  const nats = await connect({ servers: server.address, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  parts.defer(() => nats.close());
  const manager = await nats.jetstreamManager();
  for (const kind of ["state", "readings"] as const) {
    await manager.streams.add(streamConfig("wattseal", kind, { enabled: true, replicas: 1, maxAgeDays: 0 }));
  }
  const fleet = new PublishedFleet(nats);
  publishAll(fleet);
  await fleet.flush();
  const served = parts.use(await servePage(server.address));
  const opened = parts.use(await openPage(browser, { locale: "en-GB", ...options }));
  await opened.page.goto(`${served.origin}/fleet`);
  await rowOf(opened.page, "evse-1").first().waitFor();
  const owned = parts.move();
  return { server, nats, fleet, served, opened, page: opened.page, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function publishAll(fleet: PublishedFleet): void {
  fleet.node("berlin", ["evse-1", "evse-2", "evse-10"]);
  fleet.node("bonn", ["evse-1"], { version: "0.0.9" });
  for (const meter of ["evse-1", "evse-2", "evse-10"]) fleet.status("berlin", meter);
  fleet.status("bonn", "evse-1");
}

function publishNodeFault(fleet: PublishedFleet): void {
  const since = new Date().toISOString();
  const kind = { type: "node/Fault", sub_type: "JournalFailed", severity: "High", active: true } as const;
  fleet.node("bonn", ["evse-1"], { faults: [{ ...kind, message: "The disk of bonn is full", since }] });
}

function rowOf(page: Page, name: string | RegExp): Locator {
  return page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });
}

async function metersOf(page: Page): Promise<string[]> {
  return await page.locator(".meters-table .table-body .row .column-meter").allInnerTexts();
}

const looks = [["light", { width: 1600, height: 900 }], ["dark", { width: 390, height: 844 }]] as const;

/** Nothing that the pages must not do has happened. */
function assertClean({ opened, served }: Bench, expected: readonly RegExp[] = []): void {
  const unexpected = opened.problems.filter((problem) => !expected.some((pattern) => pattern.test(problem)));
  assert.deepEqual(unexpected, []);
  assert.deepEqual(opened.foreignRequests(served.origin), []);
}

browserTest("the fleet page follows a transaction and a fault, problems first", async (browser) => {
  await using bench = await openBench(browser);
  const { page, fleet } = bench;
  assert.deepEqual(await metersOf(page), ["evse-1", "evse-2", "evse-10", "evse-1"]);
  fleet.status("berlin", "evse-10", { transaction: { state: "running", transaction_id: "Session-77" } });
  fleet.reading("berlin", "evse-10", 11_040);
  const row = rowOf(page, "evse-10");
  await row.getByText("Charging").waitFor();
  await row.getByText("11.04\u202fkW").waitFor();
  await row.getByText("Session-77").waitFor();
  fleet.status("berlin", "evse-10", { transaction: { state: "finished", transaction_id: "Session-77" } });
  await row.getByText("Finished").waitFor();
  fleet.fault("berlin", "evse-2", "CommunicationError", true);
  fleet.status("berlin", "evse-2", { state: "offline" });
  await rowOf(page, "evse-2").getByText("CommunicationError").waitFor();
  assert.equal((await metersOf(page))[0], "evse-2");
  fleet.fault("berlin", "evse-2", "CommunicationError", false);
  fleet.status("berlin", "evse-2");
  await rowOf(page, "evse-2").getByText("CommunicationError").waitFor({ state: "detached" });
  assert.equal((await metersOf(page))[0], "evse-1");
  assertClean(bench);
});

browserTest("search and filters are in the address, and an address shows the same meters", async (browser) => {
  await using bench = await openBench(browser);
  const { page, served } = bench;
  await page.keyboard.press("/");
  await page.keyboard.type("evse-1");
  await page.getByText("3 of 4 meters").waitFor();
  assert.equal(new URL(page.url()).search, "?q=evse-1");
  await page.getByRole("link", { name: "bonn" }).first().click();
  await page.getByText("1 of 4 meters").waitFor();
  assert.equal(new URL(page.url()).search, "?site=bonn");
  await page.goto(`${served.origin}/fleet?site=berlin&sort=name&q=EVSE-1`);
  await page.getByText("2 of 4 meters").waitFor();
  assert.deepEqual(await metersOf(page), ["evse-1", "evse-10"]);
  await page.getByRole("button", { name: "Problems" }).click();
  await page.getByText("No meter fits the filter").waitFor();
  await page.goBack();
  await page.getByText("1 of 4 meters").waitFor();
  assertClean(bench);
});

browserTest("problems of a node stand above the meters with their remedy", async (browser) => {
  await using bench = await openBench(browser);
  const { page, fleet } = bench;
  publishNodeFault(fleet);
  const problems = page.getByRole("region", { name: "Nodes with problems" });
  await problems.getByText("The disk of bonn is full").waitFor();
  await problems.getByText("Remedy").waitFor();
  await page.getByRole("navigation", { name: "Meters or nodes" }).getByRole("link", { name: "Nodes" }).click();
  await rowOf(page, "bonn").getByText("JournalFailed").waitFor();
  assertClean(bench);
});

browserTest("texts from meters are shown as they are, and never executed", async (browser) => {
  await using bench = await openBench(browser);
  const { page, fleet } = bench;
  const hostile = `<img src=x onerror="document.title='hacked'"><script>document.title='hacked'</script>`;
  fleet.fault("berlin", "evse-1", "VendorError", true, { message: hostile });
  fleet.status("berlin", "evse-1", {
    meter_id: hostile,
    model: hostile,
    transaction: { state: "running", transaction_id: hostile },
  });
  await rowOf(page, "evse-1").first().getByText("onerror").first().waitFor();
  await page.getByRole("link", { name: "evse-1" }).first().click();
  await page.getByRole("heading", { name: "evse-1" }).waitFor();
  await page.getByText("onerror").first().waitFor();
  assert.doesNotMatch(await page.title(), /hacked/);
  assert.equal(await page.locator("img, #app script").count(), 0);
  assertClean(bench);
});

browserTest("while NATS is gone, the page shows since when, and afterwards what it missed", async (browser) => {
  await using bench = await openBench(browser);
  const { page, server } = bench;
  await server.stop();
  await page.getByRole("alert").getByText(/The server has no connection to NATS since \d\d:\d\d:\d\d/).waitFor();
  await server.restart();
  // The connections of the test and of the page may still be lost
  const other = await connect({ servers: server.address });
  const running = { transaction: { state: "running", transaction_id: "in-the-gap" } } as const;
  new PublishedFleet(other).status("berlin", "evse-2", running);
  await other.drain();
  await page.getByRole("alert").waitFor({ state: "detached" });
  await rowOf(page, "evse-2").getByText("in-the-gap").waitFor();
  assertClean(bench);
});

browserTest(
  "while the server of the page is gone, the page shows since when, and afterwards what it missed",
  async (browser) => {
    await using bench = await openBench(browser);
    const { page, fleet, served } = bench;
    await served.stop();
    await page.getByRole("alert").getByText(/No connection to the server since \d\d:\d\d:\d\d/).waitFor();
    assert.equal((await metersOf(page)).length, 4);
    fleet.status("berlin", "evse-2", { transaction: { state: "running", transaction_id: "in-the-gap" } });
    await fleet.flush();
    await served.restart();
    await rowOf(page, "evse-2").getByText("in-the-gap").waitFor();
    assert.equal(await page.getByRole("alert").count(), 0);
    assertClean(bench, [/ERR_|EventSource|Failed to load resource/]);
  },
);

browserTest(
  "the fleet page has no violation of accessibility, light and dark, on a phone and on a wide screen",
  async (browser) => {
    await using bench = await openBench(browser);
    const { page, fleet } = bench;
    fleet.fault("berlin", "evse-2", "CommunicationError", true);
    fleet.node("bonn", ["evse-1"], { nats: { problems: ["The stream of readings is missing"] } });
    await page.getByText("The stream of readings is missing").waitFor();
    await rowOf(page, "evse-2").getByText("CommunicationError").waitFor();
    for (const view of ["meters", "nodes"]) {
      await page.goto(`${bench.served.origin}/fleet?view=${view}`);
      await page.getByRole("table").waitFor();
      for (const [colorScheme, viewport] of looks) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(viewport);
        assert.deepEqual(await axeViolations(page), [], `${view}, ${colorScheme}, ${viewport.width}`);
      }
    }
    assertClean(bench);
  },
);

browserTest("language and colours can be chosen, and the browser remembers them", async (browser) => {
  await using bench = await openBench(browser);
  const { page, fleet } = bench;
  publishNodeFault(fleet);
  await page.getByLabel("Language").selectOption("Deutsch");
  await page.getByText("4 von 4 Z\u00e4hlern").waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "de");
  // The words of the service stay, and a screen reader reads them in their language
  await page.locator("[lang=de]").getByText(/^Das Journal kann nicht gelesen oder geschrieben werden/).waitFor();
  await page.locator("p[lang=en]").getByText("The disk of bonn is full").waitFor();
  await page.getByLabel("Farben").selectOption("Dunkel");
  await page.reload();
  await page.getByText("4 von 4 Z\u00e4hlern").waitFor();
  assert.equal(await page.locator("html").getAttribute("data-colours"), "dark");
  assertClean(bench);
});

browserTest(
  "ten thousand meters: only the visible rows are in the document, and each can be reached",
  async (browser) => {
    await using bench = await openBench(browser);
    const { page, fleet } = bench;
    for (let meter = 0; meter < 10_000; meter++) fleet.status("hub", `evse-${meter}`);
    await fleet.flush();
    await page.getByText("10,004 of 10,004 meters").waitFor();
    assert.ok(await page.locator(".meters-table .table-body .row").count() < 100);
    await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
    await rowOf(page, "evse-9999").waitFor();
    assert.equal(await rowOf(page, "evse-9999").getAttribute("aria-rowindex"), "10005");
    assertClean(bench);
  },
);
