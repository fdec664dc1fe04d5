/**
 * Runs the service as a separate process with simulated meters and a real NATS server until a number of readings has
 * arrived, and checks that its memory and file descriptors do not grow.
 *
 *     deno task soak [readings, default 10000]
 */
import { connect } from "nats";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { SimulatorProcess } from "../../src/cli/simulator_process.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { taskNumbers } from "../support/task_numbers.ts";
import { descriptors, residentMb } from "./process_use.ts";

const { positionals: [wanted = 10_000] } = taskNumbers(Deno.args, {
  usage: `Usage: deno task soak [READINGS]
       deno task soak --web [--minutes N]

Runs the service against simulated meters until so many readings have arrived
(default: 10000); ends with 0 when its memory and descriptors do not grow.`,
  options: [],
  positionals: 1,
});
const meters = 24;
const steps = 10;
/** Allowed growth in the second half of the run, in MB: noise of the garbage collector. */
const allowedGrowthMb = 8;

await using server = await startNatsServer();
await using simulator = await SimulatorProcess.start({ meters, baudrate: 921_600 });
const folder = await Deno.makeTempDir({ prefix: "wattseal-soak-" });
const config = join(folder, "wattseal.yaml");
await Deno.writeTextFile(config, configuration());
const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const service = new Deno.Command(Deno.execPath(), {
  args: ["run", "--allow-all", main, "start", "--config", config],
  stdout: "null",
}).spawn();
const client = await connect({ servers: server.address });

const samples: { readings: number; rssMb: number; descriptors: number }[] = [];
let readings = 0;
print("readings  resident MB  descriptors");
for await (const _reading of client.subscribe("wattseal.soak.*.reading")) {
  readings++;
  if (readings % Math.ceil(wanted / steps) === 0) {
    const sample = { readings, rssMb: residentMb(service.pid), descriptors: descriptors(service.pid) };
    samples.push(sample);
    print(
      `${String(readings).padStart(8)}  ${sample.rssMb.toFixed(1).padStart(11)}  ${
        String(sample.descriptors).padStart(11)
      }`,
    );
  }
  if (readings >= wanted) break;
}
await client.close();
service.kill("SIGTERM");
const { code } = await service.status;
await Deno.remove(folder, { recursive: true });

const half = samples.slice(Math.floor(samples.length / 2));
const growthMb = (half.at(-1)?.rssMb ?? 0) - (half[0]?.rssMb ?? 0);
const grownDescriptors = (samples.at(-1)?.descriptors ?? 0) - (samples[0]?.descriptors ?? 0);
print(`second half: ${growthMb.toFixed(1)} MB; whole run: ${grownDescriptors} descriptors; exit code ${code}`);
Deno.exitCode = growthMb <= allowedGrowthMb && grownDescriptors <= 0 && code === 0 ? 0 : 1;

function configuration(): string {
  return [
    "site: soak",
    "nats:",
    `  servers: ["${server.address}"]`,
    "defaults:",
    "  live_measurement_interval_ms: 500",
    "lines:",
    "  - name: rs485-1",
    `    serial_port: ${simulator.path}`,
    "    baudrate: 921600",
    "    meters:",
    ...simulator.meters.map(({ name, unit }) => `      - { name: ${name}, powermeter_device_id: ${unit} }`),
    "",
  ].join("\n");
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
