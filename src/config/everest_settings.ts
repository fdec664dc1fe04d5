import type { LogLevel } from "../base/log.ts";
import type { NatsSettings, TlsSettings } from "./settings.ts";

/** The broker of EVerest: the keys of `mqtt` in `docs/everest.md`. */
export interface MqttSettings {
  /** Name or address, without brackets. @default 127.0.0.1 */
  readonly host: string;
  /** 1..65535. @default 1883, with TLS 8883 */
  readonly port: number;
  /** Name of the connection; a second connection with the same name ends the first one. @default wattseal-everest-SITE */
  readonly clientId: string;
  /** Name of the user; set together with `password`. @default none */
  readonly user?: string;
  /** Password of the user; set together with `user`. @default none */
  readonly password?: string;
  /** Set, even if empty, if TLS is required. @default none */
  readonly tls?: TlsSettings;
  /** Topic of the state of the process, which is also that of the last will. @default wattseal/everest/SITE */
  readonly statusTopic: string;
}

/** One meter for EVerest: the keys of `meters[]` in `docs/everest.md`. */
export interface EverestMeterSettings {
  /** Name of the meter in the configuration of the service. */
  readonly meter: string;
  /** Id of the module `powermeter_API`; unique together with `topicPrefix`. */
  readonly moduleId: string;
  /** Text before every topic; may be empty. @default an empty text */
  readonly topicPrefix: string;
  /** Age up to which the last energies are repeated, 0..600000 ms; 0: never. @default 10000 */
  readonly maxEnergyAgeMs: number;
}

/** A complete, valid file of `everest` with absolute paths; deeply frozen. */
export interface EverestSettings {
  /** Its token in subjects. */
  readonly site: string;
  /** The NATS servers. */
  readonly nats: NatsSettings;
  /** The MQTT broker. */
  readonly mqtt: MqttSettings;
  /** At least one; each name once. */
  readonly meters: readonly EverestMeterSettings[];
  /** The log of the process. */
  readonly log: {
    /** Least severe level to write. @default info */
    readonly level: LogLevel;
    /** Format of the lines. @default text */
    readonly format: "text" | "json";
  };
}
