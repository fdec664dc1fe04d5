import { errorText, type Log } from "../base/log.ts";
import { systemTime, timestamp } from "../base/time.ts";
import { aborted } from "../base/waits.ts";
import type { Settings } from "../config/mod.ts";
import { openControlServer } from "../control/mod.ts";
import { JournalError } from "../journal/mod.ts";
import { loadLineCode } from "../line/mod.ts";
import { exportMetrics, loadMetricsCode } from "../metrics/mod.ts";
import { NatsSetupError } from "../nats/mod.ts";
import { Service } from "../service.ts";
import { acknowledgeReply } from "./acknowledge_reply.ts";
import { writeAll } from "./background_stream.ts";
import { ConfigurationReload } from "./configuration_reload.ts";
import { forgetReply } from "./forget_reply.ts";
import { healthReply } from "./health_reply.ts";
import { exitCode, type Io } from "./io.ts";
import { logLevelReply } from "./log_level_reply.ts";
import { type ServiceLog, serviceLog } from "./log_sink.ts";
import { readSettings } from "./read_settings.ts";
import { returnStartMemory } from "./return_memory.ts";
import { logRuntimeWarnings } from "./runtime_warnings.ts";
import { jsonLine, lines } from "./safe_text.ts";
import { newSupervisor, supervise } from "./supervise.ts";
import { isTelemetryOn } from "./telemetry.ts";

/** Runs the service until it is interrupted. Its log and its ready line do not block it. */
export async function start({ config }: { config: string }, io: Io): Promise<number> {
  const settings = await readSettings(config, io);
  if (settings === undefined) return exitCode.usage;
  const log = serviceLog(settings.log, io.background.err, Date.now);
  const restoreWarnings = logRuntimeWarnings(log);
  try {
    return await run(config, settings, log, io);
  } catch (error) {
    if (!(error instanceof JournalError) && !(error instanceof NatsSetupError)) throw error;
    await log.flush();
    io.err(lines(errorText(error)));
    return error instanceof NatsSetupError ? exitCode.usage : exitCode.failed;
  } finally {
    restoreWarnings();
    await log.flush();
  }
}

async function run(config: string, settings: Settings, log: ServiceLog, io: Io): Promise<number> {
  for (const warning of settings.warnings) log.warn(warning);
  const supervisor = newSupervisor(io.env, log);
  const started = Promise.withResolvers<ConfigurationReload>();
  const reload = async (by: string) => {
    const configuration = await started.promise;
    return await supervisor.whileReloading(() => configuration.run(by));
  };
  io.onHangup(async () => void await reload("SIGHUP"));
  const service = await Service.start(settings, { log });
  started.resolve(new ConfigurationReload(config, service, io, log));
  const health = () => healthReply(settings.site, service);
  const control = await openControlServer(
    settings.stateDir,
    {
      health,
      reload: () => reload("the control socket"),
      forget: (meter) => forgetReply(meter, service),
      acknowledge: (meter, fault) => acknowledgeReply(meter, fault, service),
      logLevel: (level) => logLevelReply(level, log),
    },
    { log, time: systemTime },
  );
  const withdrawMetrics = await metrics(settings.site, service, io);
  await loadLaterCode();
  service.ready.then(() => io.interrupted.aborted ? undefined : printReady(settings, service, log, io));
  void supervise(supervisor, service, io.interrupted);
  void returnStartMemory(io.interrupted);
  await aborted(io.interrupted);
  supervisor.stopping();
  log.info("Stopping");
  withdrawMetrics();
  await control?.close();
  await service.stop();
  return exitCode.done;
}

async function printReady(
  { site, lines }: Settings,
  { problems, silentMeters }: Pick<Service, "problems" | "silentMeters">,
  log: Log,
  io: Io,
): Promise<void> {
  const meters = lines.flatMap((line) => line.meters).length;
  const silent = silentMeters.length === 0 ? {} : { silent_meters: silentMeters };
  const time = timestamp(Date.now());
  const ready = jsonLine({ time, level: "info", event: "ready", site, meters, ...silent, problems });
  if (problems.length > 0) log.warn(`Ready, but with problems: ${problems.join(". ")}`);
  const { error } = await writeAll(io.background.out, new TextEncoder().encode(ready));
  if (error !== undefined) {
    log.warn("Cannot write the ready line to standard output; the service runs", { reason: errorText(error) });
  }
}

/** Loads the metrics only if Deno exports them. @returns removes them */
async function metrics(site: string, service: Service, io: Pick<Io, "env">): Promise<() => void> {
  if (!isTelemetryOn(io)) return () => {};
  return await exportMetrics(site, () => service.figures());
}

/** Loads what a running service may need later, because an upgrade replaces the files of the program. */
async function loadLaterCode(): Promise<void> {
  // An error is reported when the code is needed
  await Promise.allSettled([loadLineCode(), loadMetricsCode()]);
}
