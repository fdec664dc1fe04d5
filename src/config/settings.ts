import type { Endpoint } from "../base/endpoint.ts";
import type { LogLevel } from "../base/log.ts";
import type { MeterSettings } from "../base/meter_settings.ts";

/** A default that an upgrade changes for an unchanged file. */
export interface ChangedDefault {
  /** Path of the key in the file. */
  readonly key: string;
  /** A sentence for the log. */
  readonly text: string;
}

/** One line and its meters. */
export interface LineSettings {
  /** One token, unique in the file. */
  readonly name: string;
  /** Unique in the file. */
  readonly endpoint: Endpoint;
  /** Bits per second. */
  readonly baudrate: number;
  /** Parity bit of each character. */
  readonly parity: "none" | "odd" | "even";
  /** Stop bits of each character. */
  readonly stopBits: 1 | 2;
  /** Hardware flow control. */
  readonly rtscts: boolean;
  /** Level of RTS; absent: on, as the kernel sets it. */
  readonly rts?: "on" | "off";
  /** How the driver switches the direction with RTS; absent: not used. */
  readonly rs485?: {
    /** The adapter sends while RTS is on, or while it is off. */
    readonly direction: "rts" | "rts_inverted";
    /** From the switch to the first byte, 0..100. */
    readonly delayBeforeMs: number;
    /** From the last byte to the switch back, 0..100. */
    readonly delayAfterMs: number;
  };
  /** Whether the adapter echoes sent bytes. */
  readonly ignoreEcho: boolean;
  /** Maximum wait for the first byte of an answer, in addition to the time on the wire, 10..10000. */
  readonly initialTimeoutMs: number;
  /** Maximum silence within an answer, 1..1000. */
  readonly withinMessageTimeoutMs: number;
  /** Immediate retries within one attempt, 0..10. */
  readonly retries: number;
  /** At least one. */
  readonly meters: readonly MeterSettings[];
}

/** Files for TLS, PEM, paths absolute. */
export interface TlsSettings {
  /** Certificates of the trusted authorities. */
  readonly caFile?: string;
  /** Requires `keyFile`. */
  readonly certFile?: string;
  /** Requires `certFile`. */
  readonly keyFile?: string;
}

/** Addresses and credentials of NATS; at most one kind of credentials is set. */
export interface NatsSettings {
  /** `host`, `host:port`, `nats://host:port` or `tls://host:port`; at least one. */
  readonly servers: readonly string[];
  /** Tokens joined by dots. */
  readonly subjectPrefix: string;
  /** File with a JWT and its seed. */
  readonly credentialsFile?: string;
  /** Requires `password`. */
  readonly user?: string;
  /** Requires `user`. */
  readonly password?: string;
  /** Authentication token. */
  readonly token?: string;
  /** File with an NKey seed. */
  readonly nkeySeedFile?: string;
  /** Set, even if empty, if TLS is required. */
  readonly tls?: TlsSettings;
  /** JetStream domain; absent: that of the connected server. */
  readonly jetstreamDomain?: string;
  /** Tokens joined by dots: prefix of the subjects of replies. */
  readonly inboxPrefix: string;
}

/** How a stream is created if it does not exist. */
export interface StreamSettings {
  /** False: the service never creates the stream; an administrator may create it. */
  readonly enabled: boolean;
  /** Replicas in a cluster, 1..5. */
  readonly replicas: number;
  /** 0: forever. */
  readonly maxAgeDays: number;
  /** Absent: no limit. */
  readonly maxBytes?: number;
}

/** The three streams, and whose messages they store. */
export interface StreamsSettings {
  /** `site`: only those of this site; `all`: those of every site with this prefix. */
  readonly scope: "all" | "site";
  /** Live values. */
  readonly readings: StreamSettings;
  /** Records. */
  readonly ocmf: StreamSettings;
  /** The last states, keys and faults. */
  readonly state: StreamSettings;
}

/** A complete, valid configuration with absolute paths; deeply frozen. */
export interface Settings {
  /** One token. */
  readonly site: string;
  /** Folder of journal, spool, lock and process id; it may not exist yet. */
  readonly stateDir: string;
  /** The broker. */
  readonly nats: NatsSettings;
  /** How the three streams are created. */
  readonly streams: StreamsSettings;
  /** At least one. */
  readonly lines: readonly LineSettings[];
  /** How long delivered records are kept, and when undelivered records or low disk space raise a fault. */
  readonly journal: {
    readonly retentionDays: number;
    readonly alarmUndeliveredMinutes: number;
    /** 0: never. */
    readonly alarmFreeMb: number;
  };
  /** Where and how long readings are stored while NATS is not reachable. */
  readonly spool: {
    readonly mode: "off" | "memory" | "disk";
    readonly maxAgeHours: number;
    readonly maxMb: number;
  };
  /** `requireSync`: do not set the clocks of meters while the clock of this machine is not synchronised. */
  readonly clock: { readonly requireSync: boolean };
  /** Level and format of the log. */
  readonly log: { readonly level: LogLevel; readonly format: "text" | "json" };
  /** Values that are allowed but probably not intended: one sentence each, with file, line, column and key. */
  readonly warnings: readonly string[];
  /** Keys that the file does not set and whose default differs from an earlier release. */
  readonly changedDefaults?: readonly ChangedDefault[];
}
