import { errorText } from "../base/log.ts";
import { timestamp } from "../base/time.ts";
import { JournalError } from "../journal/mod.ts";
import { NatsSetupError } from "../nats/mod.ts";
import { Service } from "../service.ts";
import { interruption } from "./interruption.ts";
import { exitCode, type Io } from "./io.ts";
import { lineLog } from "./log_sink.ts";
import { readSettings } from "./read_settings.ts";

/** Runs the service until it is interrupted. */
export async function start({ config }: { config: string }, io: Io): Promise<number> {
  const settings = await readSettings(config, io);
  if (settings === undefined) return exitCode.usage;
  const log = lineLog(settings.log, io.err, Date.now);
  for (const warning of settings.warnings) log.warn(warning);
  let service: Service;
  try {
    service = await Service.start(settings, { log });
  } catch (error) {
    if (!(error instanceof JournalError) && !(error instanceof NatsSetupError)) throw error;
    io.err(`${errorText(error)}\n`);
    return error instanceof NatsSetupError ? exitCode.usage : exitCode.failed;
  }
  const withdrawMetrics = await metrics(service, io);
  const { site } = settings;
  const meters = settings.lines.flatMap((line) => line.meters).length;
  service.ready.then(() => {
    if (io.interrupted.aborted) return;
    io.out(JSON.stringify({ time: timestamp(Date.now()), level: "info", event: "ready", site, meters }) + "\n");
  });
  await interruption(io.interrupted);
  log.info("stopping");
  withdrawMetrics();
  await service.stop();
  return exitCode.done;
}

/** Metrics are loaded only where Deno exports them. @returns takes them back */
async function metrics(service: Service, io: Pick<Io, "env">): Promise<() => void> {
  if (!["true", "1"].includes(io.env("OTEL_DENO") ?? "")) return () => {};
  const { offerMetrics } = await import("./metrics.ts");
  return offerMetrics(() => service.stats());
}
