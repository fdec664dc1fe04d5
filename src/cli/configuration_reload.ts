import { resolve } from "node:path";
import { errorText } from "../base/log.ts";
import type { ControlReply } from "../control/mod.ts";
import type { Service } from "../service.ts";
import type { Io } from "./io.ts";
import type { ServiceLog } from "./log_sink.ts";
import { loadSettings, UnusableConfiguration } from "./read_settings.ts";
import { reloadText } from "./reload_text.ts";

/** Reads the configuration file of the running service again, and reports the outcome. */
export class ConfigurationReload {
  readonly #file: string;
  readonly #service: Pick<Service, "reload">;
  readonly #io: Pick<Io, "env">;
  readonly #log: ServiceLog;

  /** @param file path of the file with which the service was started */
  constructor(file: string, service: Pick<Service, "reload">, io: Pick<Io, "env">, log: ServiceLog) {
    this.#file = file;
    this.#service = service;
    this.#io = io;
    this.#log = log;
  }

  /**
   * Reads the file and puts it into force. Logs the outcome, and returns it for the client of the control socket. Never
   * rejects.
   *
   * @param by what requested it, for the log
   */
  async run(by: string): Promise<ControlReply> {
    const log = this.#log;
    const file = resolve(this.#file);
    log.info("Reading the configuration again", { file, by });
    try {
      const { settings, applied, waiting, warnings } = await this.#service.reload(() =>
        loadSettings(this.#file, this.#io)
      );
      const { level: before, configuredLevel } = log;
      log.use(settings.log);
      if (before !== configuredLevel) {
        log.info("The log level of the configuration is in force again", { level: log.level, before });
      }
      for (const warning of settings.warnings) log.warn(warning);
      log.info(`The configuration is in force: ${reloadText(applied, waiting)}`, { file });
      return { ok: true, file, applied, waiting, warnings: [...settings.warnings, ...warnings] };
    } catch (error) {
      const problems = error instanceof UnusableConfiguration ? error.problems : undefined;
      const refused = "The new configuration is refused, and the old one stays in force";
      for (const problem of problems ?? [errorText(error)]) log.error(`${refused}: ${problem}`);
      return { ok: false, error: problems === undefined ? errorText(error) : refused, ...(problems && { problems }) };
    }
  }
}
