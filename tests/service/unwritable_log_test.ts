import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { ask, openSite, type Site } from "../support/site.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** The runtime warns when it gets SIGUSR2. */
const warnings = fileURLToPath(new URL("warn_on_signal.js", import.meta.url));

/** Starts the service under a shell that sets up its standard streams; standard error is never read. */
function startUnder(script: string, site: Site): Deno.ChildProcess {
  return new Deno.Command("sh", {
    args: [
      ...["-c", script, Deno.execPath(), "run", "--allow-all", "--preload", warnings],
      ...[main, "start", "--config", site.config],
    ],
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Waits until the service serves the meter, then sends a request that is logged. */
async function serves({ client }: Site): Promise<void> {
  const online = client.subscribe("wattseal.test.evse-1.status");
  for await (const message of online) {
    if (message.json<{ state: string }>().state === "online") break;
  }
  await answers({ client });
}

async function answers({ client }: Pick<Site, "client">): Promise<void> {
  const { code } = await ask(client, 1, "transaction.stop", { transaction_id: "unknown" });
  assert.equal(code, "UNKNOWN_TRANSACTION");
}

const faults = [
  ["is on a full disk", 'exec "$0" "$@" 2>/dev/full'],
  ["is closed", 'exec "$0" "$@" 2>&-'],
  ["is a pipe that nobody reads", 'timeout 0.5 head -c 10000000 /dev/zero >&2; exec "$0" "$@"'],
  ["is a pipe whose reader has gone", 'exec "$0" "$@"'],
] as const;

for (const [what, script] of faults) {
  Deno.test(`the service runs and stops cleanly if its log ${what}`, async () => {
    await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 })] });
    const served = serves(site);
    const child = startUnder(script, site);
    if (what.endsWith("gone")) await child.stderr.cancel();
    await served;
    child.kill("SIGUSR2");
    await answers(site);
    child.kill("SIGTERM");
    const { code } = await child.status;
    await child.stdout.cancel();
    if (!what.endsWith("gone")) await child.stderr.cancel();
    assert.equal(code, 0);
  });
}

Deno.test("the service runs if its ready line cannot be written, and logs it", async () => {
  await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 })] });
  const served = serves(site);
  const child = startUnder('exec "$0" "$@" >/dev/full', site);
  let said = "";
  const told = Promise.withResolvers<void>();
  const warned = Promise.withResolvers<void>();
  const listening = (async () => {
    for await (const chunk of child.stderr.pipeThrough(new TextDecoderStream())) {
      said += chunk;
      if (said.includes("ready line")) told.resolve();
      if (said.includes("The runtime warns")) warned.resolve();
    }
  })();
  await served;
  await told.promise;
  child.kill("SIGUSR2");
  await warned.promise;
  child.kill("SIGTERM");
  assert.equal((await child.status).code, 0);
  await child.stdout.cancel();
  await listening;
  assert.match(
    said,
    /"level":"info","message":"The runtime warns","name":"TestWarning","reason":"a test wants to see it"/,
  );
  assert.match(said, /Cannot write the ready line to standard output; the service runs.*No space left/);
});
