import type { EverestMeterSettings } from "../config/mod.ts";

/** Begin of all topics of the API after the prefix. */
const apiBase = "everest_api/";
/** What the publisher of a message must not have in its topic. */
const notPublishable = /[+#\p{Cc}]/u;

/** The topics of one module `powermeter_API`, version 1. */
export class MeterTopics {
  /** EVerest lives; a number that increases by one. */
  readonly heartbeat: string;
  /** Requests of EVerest. */
  readonly start: string;
  /** Requests of EVerest. */
  readonly stop: string;
  /** Readings, to EVerest. */
  readonly values: string;
  /** The public key, to EVerest. */
  readonly publicKey: string;
  /** Whether the meter is reached, to EVerest. */
  readonly communicationCheck: string;
  readonly #prefix: string;

  constructor({ topicPrefix, moduleId }: Pick<EverestMeterSettings, "topicPrefix" | "moduleId">) {
    const module = `${topicPrefix}${apiBase}1/powermeter/${moduleId}`;
    this.#prefix = topicPrefix;
    this.heartbeat = `${module}/e2m/heartbeat`;
    this.start = `${module}/e2m/start_transaction`;
    this.stop = `${module}/e2m/stop_transaction`;
    this.values = `${module}/m2e/powermeter_values`;
    this.publicKey = `${module}/m2e/public_key_ocmf`;
    this.communicationCheck = `${module}/m2e/communication_check`;
  }

  /**
   * The topic of a reply. EVerest names it without the prefix, although it subscribes to it with the prefix.
   *
   * @returns undefined if nothing can be published there
   */
  reply(replyTo: string): string | undefined {
    if (replyTo === "" || replyTo.startsWith("$") || notPublishable.test(replyTo)) return undefined;
    return replyTo.startsWith(`${this.#prefix}${apiBase}`) ? replyTo : this.#prefix + replyTo;
  }
}
