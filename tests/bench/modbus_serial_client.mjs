// modbus-serial with serialport's own port under Node: `node modbus_serial_client.mjs PATH SECONDS WORDS`. Prints one
// JSON object. Runs from a folder in which modbus-serial and serialport are installed.
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "package.json"));
const ModbusRTU = require("modbus-serial");
const [path, seconds, words] = process.argv.slice(2);

const modbus = new ModbusRTU();
await modbus.connectRTUBuffered(path, { baudRate: 115200 });
modbus.setID(1);
modbus.setTimeout(1000);
for (let warm = 0; warm < 20_000; warm++) await modbus.readInputRegisters(0, Number(words));
const samples = [];
const cpu = process.cpuUsage();
const start = performance.now();
for (let at = start; at < start + seconds * 1000;) {
  await modbus.readInputRegisters(0, Number(words));
  const now = performance.now();
  samples.push((now - at) * 1000);
  at = now;
}
const passed = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(cpu);
samples.sort((one, other) => one - other);
process.stdout.write(
  JSON.stringify({
    requests: samples.length,
    failed: 0,
    seconds: passed,
    p50Us: samples[Math.floor(samples.length / 2)],
    p99Us: samples[Math.floor(samples.length * 0.99)],
    cpuSeconds: (user + system) / 1e6,
  }) + "\n",
);
modbus.close(() => process.exit(0));
