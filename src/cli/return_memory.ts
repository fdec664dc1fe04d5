import { collectGarbage } from "../base/collect_garbage.ts";
import { systemTime } from "../base/time.ts";

/** After this time the setup of the meters is usually over, also with many meters on each line. */
const afterStartMs = 20_000;

/**
 * Returns the memory to the system that only the start of a service needs: V8 and the C library would keep it. Call it at
 * the start; it happens later, once.
 */
export async function returnStartMemory(signal: AbortSignal): Promise<void> {
  await systemTime.sleep(afterStartMs, signal);
  if (!signal.aborted) returnMemory();
}

/** Returns unused memory of V8 and of the C library to the system. It blocks the thread for about 60 ms. */
export function returnMemory(): void {
  collectGarbage();
  trimAllocations();
}

/** Without the permission to load the C library, or without glibc, the memory remains. */
function trimAllocations(): void {
  try {
    const libc = Deno.dlopen("libc.so.6", { malloc_trim: { parameters: ["usize"], result: "i32" } });
    try {
      libc.symbols.malloc_trim(0n);
    } finally {
      libc.close();
    }
  } catch {
    return;
  }
}
