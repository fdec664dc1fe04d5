import { collectGarbage } from "../base/collect_garbage.ts";
import { systemTime } from "../base/time.ts";
import { unchangedParts } from "./program_pages.ts";

/** After this time the setup of the meters is usually over, also with many meters on each line. */
const afterStartMs = 20_000;

/** `MADV_DONTNEED` of the C library: the pages are no longer needed. */
const notNeeded = 4;

/**
 * Returns the memory to the system that only the start of a service needs: V8 and the C library would keep it. Call it at
 * the start; it happens later, once.
 */
export async function returnStartMemory(signal: AbortSignal): Promise<void> {
  await systemTime.sleep(afterStartMs, signal);
  if (!signal.aborted) returnMemory();
}

/**
 * Returns unused memory of V8 and of the C library to the system, and the pages of the program: those that are still
 * needed return from the cache of the system. It blocks the thread for about 60 ms.
 */
export function returnMemory(): void {
  collectGarbage();
  try {
    returnToSystem();
  } catch {
    // Without the permission to load the C library, or without glibc, the memory remains
  }
}

function returnToSystem(): void {
  const libc = Deno.dlopen("libc.so.6", {
    malloc_trim: { parameters: ["usize"], result: "i32" },
    madvise: { parameters: ["pointer", "usize", "i32"], result: "i32" },
  });
  try {
    libc.symbols.malloc_trim(0n);
    for (const { start, bytes } of unchangedParts(Deno.readTextFileSync("/proc/self/smaps"), Deno.execPath())) {
      libc.symbols.madvise(Deno.UnsafePointer.create(start), bytes, notNeeded);
    }
  } finally {
    libc.close();
  }
}
