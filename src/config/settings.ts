import type { Endpoint } from "../base/endpoint.ts";
import type { LogLevel } from "../base/log.ts";
import type { MeterSettings } from "../base/meter_settings.ts";
import type { WebSettings } from "./web_settings.ts";

/** A default that an upgrade changes for an unchanged file. */
export interface ChangedDefault {
  /** Path of the key in the file. */
  readonly key: string;
  /** A sentence for the log. */
  readonly text: string;
}

/** One line and its meters: the keys of `lines[]` in `docs/configuration.md`. */
export interface LineSettings {
  /** Its name in logs and reports: letters, digits, - and _; unique in the file. */
  readonly name: string;
  /** The keys `serial_port` and `gateway`; unique in the file. */
  readonly endpoint: Endpoint;
  /** Bits per second, 300..921600, one of the usual rates. @default 9600 */
  readonly baudrate: number;
  /** Parity bit of each character. @default none */
  readonly parity: "none" | "odd" | "even";
  /** Stop bits of each character. @default 1 */
  readonly stopBits: 1 | 2;
  /** Hardware flow control. @default false */
  readonly rtscts: boolean;
  /** Constant level of RTS. @default none: on, as the kernel sets it */
  readonly rts?: "on" | "off";
  /** How the driver switches the direction with RTS. @default none: the adapter switches by itself */
  readonly rs485?: {
    /** The adapter sends while RTS is on (`rts`) or off (`rts_inverted`). */
    readonly direction: "rts" | "rts_inverted";
    /** Time from the switch to the first byte, 0..100 ms. @default 0 */
    readonly delayBeforeMs: number;
    /** Time from the last byte to the switch back, 0..100 ms. @default 0 */
    readonly delayAfterMs: number;
  };
  /** Whether the adapter echoes sent bytes. @default false */
  readonly ignoreEcho: boolean;
  /** Maximum wait for the first byte of an answer, in addition to the time on the wire, 10..10000 ms. @default 500 */
  readonly initialTimeoutMs: number;
  /** Maximum silence within an answer, 1..1000 ms. @default 100 */
  readonly withinMessageTimeoutMs: number;
  /** Immediate retries within one attempt, 0..10. @default 0 */
  readonly retries: number;
  /** At least one. */
  readonly meters: readonly MeterSettings[];
}

/** Files for TLS in PEM format, with absolute paths: the keys of `nats.tls`. */
export interface TlsSettings {
  /** Certificates of the trusted authorities. @default none */
  readonly caFile?: string;
  /** Client certificate; requires `keyFile`. @default none */
  readonly certFile?: string;
  /** Client key; requires `certFile`. @default none */
  readonly keyFile?: string;
}

/** Addresses and credentials of NATS: the keys of `nats`. At most one kind of credentials is set. */
export interface NatsSettings {
  /** `host`, `host:port`, `nats://host:port` or `tls://host:port`; at least one. @default 127.0.0.1:4222 */
  readonly servers: readonly string[];
  /** Prefix of every subject: tokens joined by dots. @default wattseal */
  readonly subjectPrefix: string;
  /** File with a JWT and its seed. @default none */
  readonly credentialsFile?: string;
  /** Name of the user; requires `password`. @default none */
  readonly user?: string;
  /** Password of the user; requires `user`. @default none */
  readonly password?: string;
  /** Authentication token. @default none */
  readonly token?: string;
  /** File with an NKey seed. @default none */
  readonly nkeySeedFile?: string;
  /** Set, even if empty, if TLS is required. @default none */
  readonly tls?: TlsSettings;
  /** JetStream domain to use: one token. @default none: the domain of the connected server */
  readonly jetstreamDomain?: string;
  /** Prefix of the subjects of replies: tokens joined by dots. @default _INBOX */
  readonly inboxPrefix: string;
}

/** How a stream is created if it does not exist: the keys of `streams.readings` and of the other streams. */
export interface StreamSettings {
  /** False: the service never creates the stream; an administrator may create it. @default true */
  readonly enabled: boolean;
  /** Replicas in a cluster, 1..5. @default 1 */
  readonly replicas: number;
  /** Age at which a message is removed, 0..36500 days; 0: never. @default 7 for readings, 400 for intervals, else 0 */
  readonly maxAgeDays: number;
  /** Maximum size, 1..9007199254740991 bytes. @default none: no limit */
  readonly maxBytes?: number;
}

/** The streams, and whose messages they store: the section `streams`. */
export interface StreamsSettings {
  /** `site`: messages of this site only; `all`: of every site with this prefix. @default all */
  readonly scope: "all" | "site";
  /** Live values. */
  readonly readings: StreamSettings;
  /** Records. */
  readonly ocmf: StreamSettings;
  /** The last states, keys and faults. */
  readonly state: StreamSettings;
  /** Intervals of the load profile; the stream is only created if a meter has them. */
  readonly intervals: StreamSettings;
}

/**
 * A complete, valid configuration with absolute paths; deeply frozen. Each member is the key of the same name in
 * `docs/configuration.md`, in camel case; `@default` is the default in the file.
 */
export interface Settings {
  /** Its token in subjects: letters, digits, - and _. */
  readonly site: string;
  /** Folder of journal, spool, lock and process id; it may not exist yet. @default ./state in the folder of the file */
  readonly stateDir: string;
  /** The broker. */
  readonly nats: NatsSettings;
  /** How the streams are created. */
  readonly streams: StreamsSettings;
  /** At least one. */
  readonly lines: readonly LineSettings[];
  /** How long delivered records are kept, and when undelivered records or low disk space raise a fault. */
  readonly journal: {
    /** Time to keep a delivered record, 1..36500 days. @default 365 */
    readonly retentionDays: number;
    /** Age at which an undelivered record raises a fault, 1..100000 minutes. @default 15 */
    readonly alarmUndeliveredMinutes: number;
    /** Free space below which a fault is raised, 0..1000000 MB (10^6 bytes); 0: never. @default 100 */
    readonly alarmFreeMb: number;
  };
  /** Where and how long readings are stored while NATS is not reachable. */
  readonly spool: {
    /** Where they are stored; `off`: they are lost. @default disk */
    readonly mode: "off" | "memory" | "disk";
    /** Age at which a reading is dropped, 1..8760 hours. @default 72 */
    readonly maxAgeHours: number;
    /** Size above which the oldest readings are dropped, 1..1000000 MB (10^6 bytes). @default 256 */
    readonly maxMb: number;
  };
  /** The clock of this machine. */
  readonly clock: {
    /** Whether the clocks of meters are only set while the clock of this machine is synchronised. @default true */
    readonly requireSync: boolean;
  };
  /** The page for Prometheus. @default none: there is no page */
  readonly metrics?: {
    /** The address of the page. @default none: there is no page */
    readonly listen: {
      /** Name or address, without brackets. */
      readonly host: string;
      /** 1..65535. */
      readonly port: number;
    };
  };
  /** The page of the command `web`. @default none: the command has its own defaults */
  readonly web?: WebSettings;
  /** The log of the process. */
  readonly log: {
    /** Least severe level to write. @default info */
    readonly level: LogLevel;
    /** Format of the lines. @default text */
    readonly format: "text" | "json";
  };
  /** Values that are allowed but probably not intended: one sentence each, with file, line, column and key. */
  readonly warnings: readonly string[];
  /** Keys that the file does not set and whose default differs from an earlier release. @default none */
  readonly changedDefaults?: readonly ChangedDefault[];
}

/** The names of all meters, in the order of the configuration. */
export function meterNames({ lines }: Pick<Settings, "lines">): string[] {
  return lines.flatMap(({ meters }) => meters.map(({ name }) => name));
}
