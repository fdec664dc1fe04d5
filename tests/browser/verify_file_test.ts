import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { verify } from "../../src/cli/verify.ts";
import { signRecord, xmlContainer, xmlValue } from "../../src/ocmf/mod.ts";
import { verifyDocument } from "../../src/web/mod.ts";
import { axeViolations, browserTest, type OpenedPage, openPage } from "../support/chromium.ts";
import { pageBundles } from "../support/page_bundles.ts";
import { bytesOf, payload, signed, testKey, testPublicKey, textOf } from "../ocmf/samples.ts";
import vectors from "../ocmf/vectors.json" with { type: "json" };

const record = textOf(signed());

/** The exported page, opened from a disk without a network. */
async function openFile(
  browser: Browser,
  options: Parameters<typeof openPage>[1] = {},
): Promise<OpenedPage & { readonly codeSha256: string }> {
  const folder = await Deno.makeTempDir({ prefix: "wattseal-verify-" });
  const { html, codeSha256 } = verifyDocument((await pageBundles()).verify, "1.2.3 (commit 0123)");
  const file = join(folder, "verify.html");
  await Deno.writeTextFile(file, html);
  const opened = await openPage(browser, { offline: true, locale: "en-GB", ...options });
  await opened.page.goto(pathToFileURL(file).href);
  // All that follows works without the file, too
  await Deno.remove(folder, { recursive: true });
  return { ...opened, codeSha256 };
}

/** Asserts that a page has requested its own file and nothing else, and that nothing went wrong on it. */
function assertSilent({ requests, problems }: OpenedPage): void {
  assert.equal(requests.length, 1);
  assert.match(requests[0] ?? "", /^file:.*verify\.html$/);
  assert.deepEqual(problems, []);
}

async function paste(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: /^(Record|Datensatz)$/ }).fill(text);
}

interface ShownVerdict {
  readonly signature: string | undefined;
  readonly session: string | undefined;
  readonly key: string | undefined;
  readonly problems: readonly string[];
}

/** The results that a page shows, when it has as many as expected. */
async function shownVerdicts(page: Page, count: number): Promise<ShownVerdict[]> {
  const articles = page.locator("article");
  await articles.nth(count - 1).waitFor();
  return await page.evaluate<ShownVerdict[]>(`[...document.querySelectorAll("article")].map((article) => {
    const { signature, session, key } = article.dataset;
    return { signature, session, key, problems: [...article.querySelectorAll(".findings li")].map((item) => item.textContent) };
  })`);
}

/** What the command reports about the same bytes. */
async function reportedVerdicts(bytes: Uint8Array): Promise<ShownVerdict[]> {
  let output = "";
  await verify({ file: "-", json: true }, {
    readInput: () => Promise.resolve(bytes),
    out: (text) => void (output += text),
    err: () => {},
    terminalSize: () => undefined,
  });
  return output.trim().split("\n").map((line) => {
    const { signature, session, key, problems } = JSON.parse(line);
    return { signature, session, key, problems };
  });
}

browserTest("the exported page verifies every test vector from a disk as the command does", async (browser) => {
  const lines = vectors.map(({ id, ocmf, public_key }) => JSON.stringify({ id, ocmf, public_key })).join("\n");
  await using opened = await openFile(browser);
  await opened.page.locator("input[type=file]").setInputFiles({
    name: "records.jsonl",
    mimeType: "application/jsonl",
    buffer: Buffer.from(lines),
  });
  const shown = await shownVerdicts(opened.page, vectors.length);
  assert.deepEqual(shown, await reportedVerdicts(bytesOf(lines)));
  assert.deepEqual(shown.map(({ signature }) => signature), vectors.map(({ expected }) => expected));
  assertSilent(opened);
});

browserTest("the exported page verifies XML of several makes, dropped as a file", async (browser) => {
  const makes = [
    "safe/ocmf-compleo-daten#1",
    "safe/keba_test_txn#1",
    "safe/chargepoint_3#1",
    "synthetic/em580-p256-low-s",
  ];
  const values = makes.map((id, index) => {
    const { ocmf, public_key: key } = vectors.find((vector) => vector.id === id) ?? assert.fail(id);
    return xmlValue(index + 1, bytesOf(ocmf), key ?? "");
  });
  const xml = bytesOf(xmlContainer.begin + values.join("") + xmlContainer.end);
  await using opened = await openFile(browser);
  // As a text, because the types of the DOM are those of another project
  const dropped = await opened.page.evaluateHandle(`(() => {
    const data = new DataTransfer();
    data.items.add(new File([${JSON.stringify(textOf(xml))}], "records.xml"));
    return data;
  })()`);
  await opened.page.getByText(/^Paste an OCMF text/).dispatchEvent("drop", { dataTransfer: dropped });
  const shown = await shownVerdicts(opened.page, makes.length);
  assert.deepEqual(shown, await reportedVerdicts(xml));
  assert.deepEqual(shown.map(({ signature }) => signature), makes.map(() => "valid"));
  await opened.page.getByText(/File records\.xml/).waitFor();
  const sources = await opened.page.getByText("The key in the XML file of the record.").count();
  assert.equal(sources, makes.length);
  assertSilent(opened);
});

browserTest("a tampered record is refused, and the key that was used is named", async (browser) => {
  await using opened = await openFile(browser);
  const { page } = opened;
  await paste(page, record);
  await page.getByText("Not verified").waitFor();
  await page.getByText("There is no key.").waitFor();
  await page.getByLabel(/^Public key/).fill(testPublicKey);
  await page.getByText("Genuine and complete", { exact: true }).waitFor();
  await page.getByText("The key that you gave.").waitFor();
  await page.getByText(/22\.125\skWh/).first().waitFor();
  assert.equal(await page.getByRole("status").innerText(), "The record is genuine and complete");
  await paste(page, record.replace("32.125", "32.126"));
  await page.getByText("Refused: the signature does not match").waitFor();
  await page.getByText("What the record states (not proven)").waitFor();
  assert.equal(await page.getByText("Genuine and complete", { exact: true }).count(), 0);
  assert.equal(await page.getByRole("status").innerText(), "The record was not confirmed: see below");
  assertSilent(opened);
});

browserTest("the exported page shows its version and the hash of its code", async (browser) => {
  await using opened = await openFile(browser);
  await opened.page.getByText("Wattseal 1.2.3 (commit 0123)").waitFor();
  await opened.page.getByText(opened.codeSha256).waitFor();
  assertSilent(opened);
});

browserTest("texts of a record are shown as they are, and run no script", async (browser) => {
  const hostile = '<img src=x onerror="document.title=1"><script>document.title=1</script>';
  const text = payload(undefined, { TT: `${hostile}<=>tx-1`, ID: "\u202e\u0007", CI: hostile });
  await using opened = await openFile(browser);
  const { page } = opened;
  await paste(
    page,
    JSON.stringify({ id: hostile, ocmf: signRecord(text, testKey, "brainpoolP256r1"), "public_key": testPublicKey }),
  );
  await page.getByText("Genuine and complete", { exact: true }).waitFor();
  await page.getByText("Field by field").click();
  await page.getByText("The record as it was signed").click();
  assert.ok(await page.getByText(hostile).count() >= 4);
  assert.equal(await page.locator("article img, article script").count(), 0);
  assert.match(await page.title(), /^Verify a record/);
  assertSilent(opened);
});

browserTest("the exported page is accessible in both languages and colour schemes", async (browser) => {
  for (const [locale, colorScheme] of [["en-GB", "dark"], ["de-DE", "light"]] as const) {
    await using opened = await openFile(browser, { locale, colorScheme, viewport: { width: 360, height: 800 } });
    const { page } = opened;
    const input = [record.replace("32.125", "9.125"), record].map((ocmf) =>
      JSON.stringify({ ocmf, "public_key": testPublicKey })
    );
    await paste(page, input.join("\n"));
    await shownVerdicts(page, 2);
    await page.locator("details summary").first().click();
    assert.deepEqual(await axeViolations(page), []);
    const width = await page.evaluate<number>("document.documentElement.scrollWidth");
    assert.ok(width <= 360, `the page is ${width} pixels wide`);
    if (locale === "de-DE") {
      await page.getByText("Abgelehnt: Die Signatur passt nicht").waitFor();
      await page.getByText(/22,125\skWh/).first().waitFor();
      assert.equal(await page.locator("html").getAttribute("lang"), "de");
      await page.getByRole("button", { name: "Language: English" }).click();
      await page.getByText("Refused: the signature does not match").waitFor();
    }
    assertSilent(opened);
  }
});
