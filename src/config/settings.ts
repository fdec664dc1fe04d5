import type { LogLevel } from "../base/log.ts";

/** How a line is reached. Paths are absolute, an IPv6 host is without brackets. */
export type Endpoint =
  | { readonly kind: "serial"; readonly path: string }
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "modbus-tcp"; readonly host: string; readonly port: number };

/** One meter, with what the file says for all meters worked in. Units are in the names. */
export interface MeterSettings {
  /** One token, unique in the file. */
  readonly name: string;
  /** Modbus unit id, 1..255; unique on its line. */
  readonly unit: number;
  readonly communicationRetryCount: number;
  readonly communicationRetryDelayMs: number;
  readonly communicationErrorPauseDelayS: number;
  /** 0 = for ever. */
  readonly initialConnectionRetryCount: number;
  readonly initialConnectionRetryDelayMs: number;
  readonly timezoneOffsetMinutes: number;
  readonly liveMeasurementIntervalMs: number;
  readonly deviceStateReadIntervalMs: number;
  readonly publicKeyFormat: "binary" | "der";
  readonly monitorTransactionState: boolean;
  readonly publishSignedValues: "every" | "never" | "on_demand";
  /** Never less than `liveMeasurementIntervalMs`; so are the next two. */
  readonly energyIntervalMs: number;
  readonly temperatureIntervalMs: number;
  readonly signedValueIntervalMs: number;
  readonly verifySignedValues: boolean;
}

/** One line and its meters. */
export interface LineSettings {
  /** One token, unique in the file. */
  readonly name: string;
  /** Unique in the file. */
  readonly endpoint: Endpoint;
  readonly baudrate: number;
  readonly parity: "none" | "odd" | "even";
  readonly stopBits: 1 | 2;
  readonly rtscts: boolean;
  readonly ignoreEcho: boolean;
  readonly initialTimeoutMs: number;
  readonly withinMessageTimeoutMs: number;
  readonly retries: number;
  /** At least one. */
  readonly meters: readonly MeterSettings[];
}

/** Where NATS is and who we are to it: at most one kind of credentials is there. */
export interface NatsSettings {
  readonly servers: readonly string[];
  /** Tokens joined by dots. */
  readonly subjectPrefix: string;
  readonly credentialsFile?: string;
  /** Comes with `password`. */
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  readonly nkeySeedFile?: string;
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
  readonly jetstreamDomain?: string;
}

/** How a stream is created where it does not exist. */
export interface StreamSettings {
  /** False: the stream is never created here; an administrator may have created it. */
  readonly enabled: boolean;
  readonly replicas: number;
  /** 0 = for ever. */
  readonly maxAgeDays: number;
  /** Absent = no limit. */
  readonly maxBytes?: number;
}

/** A whole configuration: checked, complete, paths absolute, frozen to the last level. */
export interface Settings {
  /** One token. */
  readonly site: string;
  readonly stateDir: string;
  readonly nats: NatsSettings;
  readonly streams: {
    readonly readings: StreamSettings;
    readonly ocmf: StreamSettings;
    readonly state: StreamSettings;
  };
  /** At least one. */
  readonly lines: readonly LineSettings[];
  readonly journal: { readonly retentionDays: number };
  readonly spool: {
    readonly mode: "off" | "memory" | "disk";
    readonly maxAgeHours: number;
    readonly maxMb: number;
  };
  readonly clock: { readonly requireSync: boolean };
  readonly log: { readonly level: LogLevel; readonly format: "text" | "json" };
  /** What is allowed and yet unlikely to be meant: one sentence each, with file, line, column and key. */
  readonly warnings: readonly string[];
}
