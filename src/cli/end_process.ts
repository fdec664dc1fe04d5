import type { Io } from "./io.ts";
import { isTelemetryOn } from "./telemetry.ts";

/** The longest wait for the end of what a command has left open. */
const leftOpenMs = 2_000;

/**
 * Ends the process. While Deno exports telemetry, `Deno.exit` can block until SIGKILL: it waits for an export that waits for
 * it (Deno 2.9.6). The end of the event loop also writes the last export, and does not block.
 */
export function endProcess(code: number, io: Pick<Io, "env">): void {
  if (!isTelemetryOn(io)) Deno.exit(code);
  Deno.exitCode = code;
  Deno.unrefTimer(setTimeout(() => exitWithoutExport(code), leftOpenMs));
}

/** Without the permission to load the C library, or without glibc, `Deno.exit` must do. */
function exitWithoutExport(code: number): never {
  try {
    Deno.dlopen("libc.so.6", { _exit: { parameters: ["i32"], result: "void" } }).symbols._exit(code);
  } catch {
    // The reason does not matter
  }
  Deno.exit(code);
}
