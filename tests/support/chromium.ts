import type { AxeResults } from "axe-core";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** The names of the program in Debian and elsewhere. */
const programs = ["chromium", "chromium-browser", "google-chrome-stable"];
/** A name that leads to 127.0.0.1. Over HTTP, a browser trusts addresses of the machine itself, but not a name. */
export const pageName = "page.example";
/** A loaded machine needs minutes for what otherwise takes a second. */
const timeoutMs = 120_000;

/** Returns the path of Chromium in PATH; undefined if there is none. */
export function chromiumPath(): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return programs.flatMap((program) => folders.map((folder) => join(folder, program))).find(isFile);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** The browser of all tests of this process: a start takes seconds. */
let shared: Browser | undefined;
let isEndRegistered = false;

async function sharedBrowser(): Promise<Browser> {
  if (shared?.isConnected() !== true) shared = await launchChromium();
  return shared;
}

/**
 * Defines a test that gets a browser; it closes the pages that it opens. Without Chromium the test is ignored, by its name;
 * with `WATTSEAL_CHROMIUM=required` it fails.
 */
export function browserTest(name: string, run: (browser: Browser) => Promise<void>): void {
  if (!isEndRegistered) Deno.test.afterAll(async () => await shared?.close());
  isEndRegistered = true;
  Deno.test({
    name: `Chromium: ${name}`,
    ignore: chromiumPath() === undefined && Deno.env.get("WATTSEAL_CHROMIUM") !== "required",
    // The library keeps timers and streams of the ended browser for a while
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => await run(await sharedBrowser()),
  });
}

/**
 * Starts Chromium. It ends with this process, because its pipe closes then.
 *
 * @throws {Error} Chromium is not installed
 */
export async function launchChromium(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error("There is no chromium in PATH: apt-get install chromium");
  const { chromium } = await import("playwright-core");
  return await chromium.launch({
    executablePath,
    // Its sandbox does not start for root
    args: ["--no-sandbox", "--disable-gpu", `--host-resolver-rules=MAP ${pageName} 127.0.0.1`],
    handleSIGHUP: false,
    handleSIGINT: false,
    handleSIGTERM: false,
  });
}

/** A page in a context of its own, with what happened on it. */
export interface OpenedPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors and warnings of the console, blocked contents among them, and errors of scripts, in their order. */
  readonly problems: readonly string[];
  /** Addresses of all requests. */
  readonly requests: readonly string[];
  /** The requests to other origins than this one. Contents in the page itself (`data:`, `blob:`) are no requests. */
  foreignRequests(origin: string): string[];
}

/** Opens an empty page; `await using opened = await openPage(browser)` closes it at the end of the test. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<OpenedPage> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(timeoutMs);
  const page = await context.newPage();
  const problems: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    const { url, lineNumber } = message.location();
    const kind = message.type();
    if (kind === "error" || kind === "warning") problems.push(`${kind}: ${message.text()} (${url}:${lineNumber})`);
  });
  page.on("pageerror", (error) => void problems.push(`uncaught: ${error.stack ?? error.message}`));
  page.on("request", (request) => void requests.push(request.url()));
  return {
    page,
    problems,
    requests,
    foreignRequests: (origin) =>
      requests.filter((url) => !/^(data|blob):/.test(url) && new URL(url).origin !== new URL(origin).origin),
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** Checks the accessibility of what the page shows now. @returns one line for each violation */
export async function axeViolations(page: Page): Promise<string[]> {
  const { default: axe } = await import("axe-core");
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>("axe.run()");
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
}
