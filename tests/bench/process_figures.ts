/** Ticks of `/proc/PID/stat` a second, the same on all Linux that Deno runs on. */
const ticksPerSecond = 100;

/** Processor time that a process has used. */
export function cpuSeconds(pid: number): number {
  const [, rest = ""] = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ");
  const fields = rest.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Memory of a process that is in RAM. */
export function residentMb(pid: number): number {
  const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`)) ?? [];
  return Number(kb) / 1024;
}
