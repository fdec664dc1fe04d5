/**
 * Many stations in one process. Reads one JSON object (`StationsTask`) from the first line of standard input, prints
 * `connected` and then one JSON object (`StationsResult`).
 */
import { systemTime } from "../../../src/base/time.ts";
import { cpuSeconds } from "../process_figures.ts";
import { Station } from "./station.ts";
import type { StationsResult, StationsTask } from "./stations.ts";

const task: StationsTask = JSON.parse(Deno.args[0] ?? "");
const stations: Station[] = [];
for (let index = 0; index < task.stations; index++) {
  stations.push(await Station.connect(task.servers, index, task.template));
}
say("connected");
const startMs = systemTime.mono();
const startCpu = cpuSeconds(Deno.pid);
const endMs = startMs + task.seconds * 1000;
if (task.rate === 0) await Promise.all(stations.map((station) => station.publishUntil(endMs)));
else await publishAtRate();
const seconds = (systemTime.mono() - startMs) / 1000;
const cpuShare = (cpuSeconds(Deno.pid) - startCpu) / seconds;
const inTime = sum(({ acknowledged }) => acknowledged);
await Promise.all(stations.map((station) => station.settle()));
const result: StationsResult = {
  sent: sum(({ sent }) => sent),
  inTime,
  acknowledged: sum(({ acknowledged }) => acknowledged),
  seconds,
  cpuShare,
};
say(JSON.stringify(result));
await Promise.all(stations.map((station) => station.close()));

async function publishAtRate(): Promise<void> {
  for (let sent = 0; systemTime.mono() < endMs;) {
    const due = (systemTime.mono() - startMs) / 1000 * task.rate;
    for (; sent < due; sent++) stations[sent % stations.length]?.publish();
    // Stations are independent: their messages do not arrive in bursts
    await systemTime.sleep(1);
  }
}

function sum(of: (station: Station) => number): number {
  return stations.reduce((total, station) => total + of(station), 0);
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
