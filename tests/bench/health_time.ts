/**
 * Measures how long `health` takes, from the start of its process to its end, against a service that answers at once.
 *
 * Without arguments it measures this checkout. Arguments are another command before `health`: `/usr/bin/wattseal`.
 */
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { ControlServer } from "../../src/control/control_server.ts";
import { quantile } from "./quantile.ts";

const runs = 20;
const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
const [program = Deno.execPath(), ...before] = Deno.args.length > 0
  ? Deno.args
  : [Deno.execPath(), "run", "--cached-only", "--frozen", "--allow-all", "--unstable-lazy-dynamic-imports", main];

const folder = await Deno.makeTempDir({ prefix: "wattseal-bench-" });
const report = { ok: true, site: "bench", version: "0", lines: 1, meters: 13, problems: [] } as const;
const server = await ControlServer.open(folder, { health: () => report }, { log: silentLog, time: systemTime });
try {
  const times: number[] = [];
  // The first run fills the cache of compiled code
  for (let run = 0; run <= runs; run++) {
    const beganMs = performance.now();
    const args = [...before, "health", "--state-dir", folder];
    const { success, stderr } = await new Deno.Command(program, { args, stdout: "null" }).output();
    if (!success) throw new Error(`health failed: ${new TextDecoder().decode(stderr)}`);
    if (run > 0) times.push(performance.now() - beganMs);
  }
  const ms = (share: number) => `${Math.round(quantile(times, share))} ms`;
  const text = `health: median ${ms(0.5)}, fastest ${ms(0)}, slowest ${ms(1)} of ${runs} runs\n`;
  await Deno.stdout.write(new TextEncoder().encode(text));
} finally {
  await server.close();
  await Deno.remove(folder, { recursive: true });
}
