import { fileProblem } from "../base/file_problem.ts";
import { errorText } from "../base/log.ts";
import { systemTime } from "../base/time.ts";
import { aborted, LinkedAbort } from "../base/waits.ts";
import { ConfigError, type EverestSettings, loadEverestSettings } from "../config/mod.ts";
import { EverestMeters, MqttLink, MqttSetupError, NatsLink } from "../everest/mod.ts";
import { connectPatiently, NatsSetupError } from "../nats/mod.ts";
import { endCode, exitCode, type Io } from "./io.ts";
import { type ServiceLog, serviceLog } from "./log_sink.ts";
import { lines } from "./safe_text.ts";

/**
 * Provides meters to EVerest until it is interrupted.
 *
 * @param config path of the configuration file
 * @returns the exit code: 0 ended by SIGTERM, 130 interrupted, 2 the configuration or a file that it names is not usable
 */
export async function everest(
  config: string,
  io: Pick<Io, "err" | "env" | "background" | "interrupted">,
): Promise<number> {
  const settings = await settingsIn(config, io);
  if (settings === undefined) return exitCode.usage;
  const log = serviceLog(settings.log, io.background.err, Date.now);
  try {
    await run(settings, log, io.interrupted);
    return endCode(io.interrupted);
  } catch (error) {
    if (!(error instanceof NatsSetupError) && !(error instanceof MqttSetupError)) throw error;
    await log.flush();
    io.err(lines(errorText(error)));
    return exitCode.usage;
  } finally {
    await log.flush();
  }
}

async function run(settings: EverestSettings, log: ServiceLog, interrupted: AbortSignal): Promise<void> {
  const deps = { log, time: systemTime };
  const { subjectPrefix: _, jetstreamDomain: __, ...server } = settings.nats;
  const nats = new NatsLink(deps);
  const meters = new EverestMeters(settings, { ...deps, mqtt: new MqttLink(settings.mqtt, deps), nats });
  using ending = new LinkedAbort(interrupted);
  const isEnded = aborted(interrupted);
  try {
    meters.start();
    const connecting = connectPatiently("wattseal everest", server, { ...deps, signal: ending.signal });
    await Promise.race([isEnded, connecting.then((connection) => connection && nats.use(connection))]);
    await isEnded;
  } finally {
    log.info("Stopping");
    await meters.stop();
    await nats.close();
  }
}

async function settingsIn(file: string, io: Pick<Io, "err" | "env">): Promise<EverestSettings | undefined> {
  try {
    return loadEverestSettings(await Deno.readTextFile(file), { path: file, env: io.env });
  } catch (error) {
    const problems = error instanceof ConfigError
      ? error.problems.map(({ message }) => message)
      : [`Cannot read the configuration ${file}: ${fileProblem(error)}`];
    io.err(lines(...problems));
    return undefined;
  }
}
