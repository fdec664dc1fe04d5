/**
 * Reads from the given number of lines at once, and prints the values and the number of waiting threads.
 *
 * @module
 */
import { Line } from "../../src/line/mod.ts";
import { SerialPoll } from "../../bridge/mod.ts";
import { ScriptedLine } from "../support/scripted_line.ts";

const count = Number(Deno.args[0]);
await using parts = new AsyncDisposableStack();
const poll = new SerialPoll();
let asked = 0;
let waiting = 0;
const allAsked = Promise.withResolvers<void>();

const lines = Array.from({ length: count }, async (_, index) => {
  // No answer before the last request, so all lines wait at the same time
  const far = parts.use(
    new ScriptedLine(async () => {
      if (++asked === count) {
        waiting = await waitingThreads();
        allAsked.resolve();
      }
      await allAsked.promise;
      return "0104020144b893";
    }),
  );
  const line = new Line({ ...far.options({ initialTimeoutMs: 20_000 }), name: `rs485-${index}` }, { poll });
  await line.start();
  parts.defer(() => line.close());
  const first = await line.read(1, 0x0b, 1, { priority: "live" });
  const second = await line.read(1, 0x0b, 1, { priority: "live" });
  return [first.toHex(), second.toHex()];
});
const read = await Promise.all(lines);
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify({ read, waiting })));

/** Threads of this process in poll or ppoll (x86-64, arm64), when their number is stable. */
async function waitingThreads(): Promise<number> {
  let last = -1;
  while (true) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const calls = [...Deno.readDirSync("/proc/self/task")].map(({ name }) => systemCall(name));
    const now = calls.filter((call) => ["7", "73", "271"].includes(call)).length;
    if (now === last && now > 0) return now;
    last = now;
  }
}

function systemCall(thread: string): string {
  try {
    return Deno.readTextFileSync(`/proc/self/task/${thread}/syscall`).split(" ")[0] ?? "";
  } catch {
    return "";
  }
}
