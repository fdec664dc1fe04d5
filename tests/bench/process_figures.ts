/** Ticks of `/proc/PID/stat` per second, the same on all Linux systems with Deno. */
const ticksPerSecond = 100;

/** Processor time of a process. */
export function cpuSeconds(pid: number): number {
  const [, rest = ""] = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ");
  const fields = rest.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Resident memory of a process. */
export function residentMb(pid: number): number {
  const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`)) ?? [];
  return Number(kb) / 1024;
}

/** Number of waits of the threads of a process. */
export function waits(pid: number): number {
  return [...Deno.readDirSync(`/proc/${pid}/task`)].reduce((sum, { name }) => {
    const [, count] = /^voluntary_ctxt_switches:\s+(\d+)$/m.exec(threadStatus(pid, name)) ?? [];
    return sum + Number(count ?? 0);
  }, 0);
}

/** A thread may end in the meantime. */
function threadStatus(pid: number, thread: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/task/${thread}/status`);
  } catch {
    return "";
  }
}
