import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { readRecords, verifyRecord } from "../../src/ocmf/mod.ts";
import { type PublishedSample, sample } from "../web/record_site.ts";
import { axeViolations, browserTest, openPage } from "../support/chromium.ts";
import { openBrowserSite } from "./browser_site.ts";

const hostile =
  `<img src=x onerror="document.title='hacked'"><script>document.title='hacked'</script>"'&lt;\u202e\u0007{{x}}`;

/** The other fields of a record of a meter. */
const usual = {
  GI: "Controls EM580",
  GS: "TEST0000001",
  GV: "1.2.3.4",
  MV: "Controls",
  MM: "EM580 DIN AV2 3X R1 K1 X",
  MF: "1.2.3/4.5.6",
  CF: "2026.1.0-rc.3",
  LC: { LN: "cable 5 m", LI: 1, LR: 4, LU: "mOhm" },
  IT: "ISO14443",
  IL: "TRUSTED",
  IF: ["RFID_PLAIN", "OCPP_RS_TLS", "ISO15118_NONE", "PLMN_NONE"],
};

/** A record with a hostile text in every field that can have one. */
function hostileSample(): PublishedSample {
  const names = ["GI", "GS", "GV", "MV", "MM", "MS", "MF", "IT", "IL", "ID", "CI", "CT", "CF", "LC", hostile];
  const fields = Object.fromEntries(names.map((name) => [name, hostile]));
  const { payload, id, subject } = sample("tx-h", {
    fields: { ...fields, IF: [hostile], TT: `${hostile}<=>${hostile} tx-h`, PG: hostile },
    meterId: hostile,
    evseId: hostile,
  });
  const verification = { ...payload.verification, problems: [hostile] };
  const others = { reason: hostile, signing_method: hostile, transaction_id: hostile, site: hostile, meter: hostile };
  return { subject, id: `${id}-h`, payload: { ...payload, ...others, verification } as typeof payload };
}

/** The page shows the text as it is, and no element or script that is in it. */
async function assertHarmless(page: Page): Promise<void> {
  assert.match(await page.locator("main").innerText(), /<img src=x onerror=/);
  assert.equal(await page.locator("main img, main script").count(), 0);
  assert.doesNotMatch(await page.title(), /hacked/);
}

browserTest(
  "the sessions page searches, shows hostile texts as texts, and shows a record that arrives",
  async (browser) => {
    await using site = await openBrowserSite();
    const tampered = sample("tx-2");
    const ocmf = tampered.payload.ocmf.replace("32.125", "99.125");
    await site.publish(
      sample("tx-1", { fields: { ID: "TAG-04A2B3C4", IT: "ISO14443" } }),
      { ...tampered, payload: { ...tampered.payload, ocmf } },
      hostileSample(),
    );
    await site.publishRaw("wattseal.berlin.evse-9.ocmf", `{"ocmf":${JSON.stringify(hostile)}}`);
    await using opened = await openPage(browser, { locale: "en-GB" });
    const { page } = opened;
    await page.goto(`${site.url}/sessions`);
    const rows = page.locator(".session-table tbody tr");
    await rows.nth(3).waitFor();
    assert.equal(await rows.count(), 4);
    await assertHarmless(page);
    assert.match(await rows.nth(3).innerText(), /valid[^]*evse-1[^]*DE\*TST\*E1[^]*22\.125/);
    assert.match(await rows.nth(2).innerText(), /Signature: invalid[^]*89\.125/);
    assert.match(await rows.nth(0).innerText(), /not a record/);
    assert.doesNotMatch(await page.content(), /TAG-04A2B3C4/);
    assert.deepEqual(await axeViolations(page), []);

    await page.getByLabel("Transaction id").fill("TX-1");
    await page.getByLabel("Verdict").selectOption("valid");
    await page.getByRole("button", { name: "Search", exact: true }).click();
    await page.waitForURL(/\?(?=.*transaction=TX-1)(?=.*verdict=valid)/);
    await page.getByText("1 of 4 searched records").waitFor();
    assert.equal(await rows.count(), 1);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Save as CSV" }).click(),
    ]);
    const csv = await Deno.readTextFile(await download.path());
    assert.equal(csv.trimEnd().split("\r\n").length, 2);
    assert.match(csv, /tx-1/);

    await site.publish(sample("tx-10", { meter: "evse-2" }));
    await page.getByText("tx-10", { exact: true }).waitFor();
    assert.equal(await rows.count(), 2);
    // The address has the whole search
    await page.reload();
    await page.getByText("2 of 5 searched records").waitFor();
    assert.equal(await page.getByLabel("Transaction id").inputValue(), "TX-1");
    assert.deepEqual(opened.problems, []);
    assert.deepEqual(opened.foreignRequests(site.url), []);
  },
);

browserTest(
  "the page of a record explains it, hides the identification until it is asked for, and fits on one sheet",
  async (browser) => {
    await using site = await openBrowserSite();
    await site.publish(
      sample("tx-1", { fields: { ...usual, ID: "TAG-04A2B3C4" } }),
      hostileSample(),
    );
    await using opened = await openPage(browser, { locale: "de-DE", colorScheme: "dark" });
    const { page } = opened;
    await page.goto(`${site.url}/sessions`);
    await page.getByRole("link", { name: /^Datensatz 1,/ }).click();
    const main = page.locator("main");
    await page.getByText("Es wurden 22,125").waitFor();
    const text = await main.innerText();
    for (
      const part of [
        "Der Datensatz ist unversehrt",
        "Am Ladepunkt DE*TST*E1",
        "der Besitzer des Schl\u00fcssels hat genau diese Bytes signiert",
        "ein vollst\u00e4ndiger Ladevorgang",
        "Beginn des Ladevorgangs",
        '"ID":"********"',
      ]
    ) assert.ok(text.includes(part), part);
    assert.doesNotMatch(await page.content(), /TAG-04A2B3C4/);
    assert.deepEqual(await axeViolations(page), []);
    assert.equal(pagesOf(await page.pdf({ preferCSSPageSize: true })), 1);

    await page.getByRole("button", { name: "Identifikation zeigen" }).click();
    await page.getByText("das wurde protokolliert").waitFor();
    assert.match(await main.innerText(), /"ID":"TAG-04A2B3C4"/);
    assert.equal(pagesOf(await page.pdf({ preferCSSPageSize: true })), 1);
    await page.getByText("OCPP 2.0.1 und 2.1").click();
    assert.match(await page.getByLabel("OCPP 2.0.1 und 2.1").innerText(), /"Energy.Active.Import.Register"/);
    assert.deepEqual(await axeViolations(page), []);
    for (const button of ["Als XML speichern (S.A.F.E.)", "Als Text speichern (OCMF)"]) {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: button }).click(),
      ]);
      const [record] = readRecords(await Deno.readFile(await download.path()));
      const key = record?.publicKey ?? sample("tx-1").payload.public_key;
      assert.equal(verifyRecord(record?.ocmf ?? new Uint8Array(), key).signature, "valid");
    }
    assert.equal(site.log.filter(({ message }) => message.includes("identification")).length, 1);

    await page.goto(`${site.url}/record/2`);
    await page.getByText(hostile.slice(0, 20)).first().waitFor();
    await page.getByRole("button", { name: "Identifikation zeigen" }).click();
    await page.getByText("das wurde protokolliert").waitFor();
    await assertHarmless(page);
    assert.deepEqual(await axeViolations(page), []);
    await page.goto(`${site.url}/record/77`);
    await page.getByText("Der Datensatz kann nicht angezeigt werden").waitFor();
    const unexpected = opened.problems.filter((problem) => !/404 \(Not Found\).*records\/77/.test(problem));
    assert.deepEqual(unexpected, []);
    assert.deepEqual(opened.foreignRequests(site.url), []);
  },
);

browserTest("a sessions page that is open while NATS restarts shows what arrives afterwards", async (browser) => {
  await using site = await openBrowserSite();
  await site.publish(sample("tx-1"));
  await using opened = await openPage(browser);
  const { page } = opened;
  await page.goto(`${site.url}/sessions`);
  await page.getByText("tx-1", { exact: true }).waitFor();
  await site.web.server.stop();
  await page.getByText(/no connection to NATS since/).waitFor();
  assert.equal(await page.getByText("tx-1", { exact: true }).count(), 1);
  await site.web.server.restart();
  await page.getByText(/no connection to NATS since/).waitFor({ state: "detached" });
  await site.publish(sample("tx-5"));
  await page.getByText("tx-5", { exact: true }).waitFor();
  assert.equal(await page.locator(".session-table tbody tr").count(), 2);
  assert.deepEqual(opened.problems.filter((problem) => !/status of 503/.test(problem)), []);
});

browserTest("on a phone, sessions and records need no horizontal scrolling and are accessible", async (browser) => {
  await using site = await openBrowserSite();
  await site.publish(sample("tx-1"), hostileSample());
  await using opened = await openPage(browser, { viewport: { width: 360, height: 700 } });
  const { page } = opened;
  for (const path of ["/sessions", "/record/1", "/record/2"]) {
    await page.goto(`${site.url}${path}`);
    await page.getByText("DE*TST*E1").or(page.getByText(hostile.slice(0, 20))).first().waitFor();
    const [content, window] = await page.evaluate<[number, number]>(
      "[document.documentElement.scrollWidth, innerWidth]",
    );
    assert.ok(content <= window, `${path}: ${content} > ${window}`);
    assert.deepEqual(await axeViolations(page), [], path);
  }
});

/** Number of pages of a PDF document. */
function pagesOf(pdf: Uint8Array): number {
  return new TextDecoder("latin1").decode(pdf).match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
}
