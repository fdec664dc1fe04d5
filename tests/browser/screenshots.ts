/**
 * Takes the screenshots of the README: `deno task screenshots`. The demo with its page runs meanwhile: three meters, and one
 * finished record.
 *
 * @module
 */
import { connect } from "nats";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchChromium, openPage } from "../support/chromium.ts";
import { freeAddress } from "../support/own_address.ts";
import { CommandProcess } from "../support/start_process.ts";

const images = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const size = { width: 1000, height: 640 };

/** The published record of the demo. */
async function firstRecord(server: string): Promise<string> {
  const client = await connect({ servers: server });
  try {
    const manager = await client.jetstreamManager();
    const message = await manager.streams.getMessage("WATTSEAL_OCMF", { seq: 1 });
    return message.string();
  } finally {
    await client.close();
  }
}

await Deno.mkdir(images, { recursive: true });
const address = freeAddress();
await using demo = new CommandProcess(["demo", "--meters", "3", "--web", address]);
const [, server = ""] = /NATS server +(\S+)/.exec(await demo.line("NATS server") ?? "") ?? [];
if (await demo.line("Press Ctrl-C") === undefined) throw new Error(`The demo failed: ${(await demo.ended()).out}`);
const record = await firstRecord(server);
await using browser = await launchChromium();
await using opened = await openPage(browser, { viewport: size, locale: "en-GB", timezoneId: "Europe/Berlin" });
const { page, problems } = opened;

await page.goto(`http://${address}/fleet`);
await page.getByText("evse-3").or(page.getByText("sim-3")).first().waitFor();
// The rest of the window is empty
await page.screenshot({ path: join(images, "fleet.png"), clip: { x: 0, y: 0, width: size.width, height: 400 } });

await page.goto(`http://${address}/record/1`);
await page.getByText(/kWh/).first().waitFor();
await page.screenshot({ path: join(images, "session.png") });

await page.goto(`http://${address}/verify`);
await page.getByRole("textbox", { name: "Record", exact: true }).fill(record);
await page.getByText("Genuine and complete", { exact: true }).waitFor();
await page.locator("article").scrollIntoViewIfNeeded();
await page.screenshot({ path: join(images, "verify.png") });

if (problems.length > 0) throw new Error(`The page reported problems: ${problems.join("\n")}`);
demo.signal("SIGINT");
await demo.ended();
for (const name of ["fleet", "session", "verify"]) {
  await Deno.stdout.write(new TextEncoder().encode(`docs/images/${name}.png\n`));
}
