import os from "node:os";

/** Description of the machine, as lines. */
export function machine(): string[] {
  const cpus = os.cpus();
  const load = os.loadavg().map((value) => value.toFixed(1)).join(", ");
  return [
    `${new Date().toISOString().slice(0, 10)}, Deno ${Deno.version.deno}, Linux ${os.release()}`,
    `${cpus.length} x ${cpus[0]?.model ?? "unknown processor"}, ${(os.totalmem() / 2 ** 30).toFixed(0)} GB`,
    `load of the last 1, 5 and 15 minutes, the measurement included: ${load}; priority ${os.getPriority()}`,
  ];
}
