/** A process for tests: adds readings to a spool and reports how many are stored, until it is killed. */
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { openSpool } from "../../src/spool/mod.ts";
import { readings } from "./setup.ts";

const [folder = ""] = Deno.args;
const options = { mode: "disk", maxAgeHours: 72, maxMb: 256, folder } as const;
const spool = openSpool(options, { time: systemTime, log: silentLog });
const encoder = new TextEncoder();
for (let from = spool.size;; from += 20) {
  spool.add(readings(from, from + 20, 1_000));
  // Adds are written with the next search
  spool.oldest(1);
  Deno.stdout.writeSync(encoder.encode(`${spool.size}\n`));
  if (from % 100 === 0) await spool.ready();
}
