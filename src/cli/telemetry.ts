import type { Io } from "./io.ts";

/** Whether Deno exports logs, traces and metrics by OpenTelemetry. */
export function isTelemetryOn({ env }: Pick<Io, "env">): boolean {
  return ["true", "1"].includes(env("OTEL_DENO") ?? "");
}
