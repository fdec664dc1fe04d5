import type { LogLevel } from "../base/log.ts";

/** How a line is reached. Paths are absolute, an IPv6 host is without brackets. */
export type Endpoint =
  | { readonly kind: "serial"; readonly path: string }
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "modbus-tcp"; readonly host: string; readonly port: number };

/** What an upgrade changes about a file that stays as it is. */
export interface ChangedDefault {
  /** The key's path in the file. */
  readonly key: string;
  /** A sentence for the log. */
  readonly text: string;
}

/** One meter, with what the file says for all meters worked in. Units are in the names. */
export interface MeterSettings {
  /** One token, unique in the file. */
  readonly name: string;
  /** Modbus unit id, 1..255; unique on its line. */
  readonly unit: number;
  /** The series that it is read as, whatever its identification code; absent: the meter says it. */
  readonly model?: string;
  /** Attempts of each read or write once setup is through, 1..100. */
  readonly communicationRetryCount: number;
  /** Pause between two of these attempts, 10..10000. */
  readonly communicationRetryDelayMs: number;
  /** Pause after a failure before setup begins again, 1..600. */
  readonly communicationErrorPauseDelayS: number;
  /** Attempts of setup, 0..100; 0 = for ever. */
  readonly initialConnectionRetryCount: number;
  /** Pause between two attempts of setup, 100..60000. */
  readonly initialConnectionRetryDelayMs: number;
  /** Local time of the meter, minutes from UTC, -1440..1440. */
  readonly timezoneOffsetMinutes: number;
  /** Zone whose local time the meter has, in place of `timezoneOffsetMinutes`. */
  readonly timeZone?: string | undefined;
  /** Whether the meter is mounted the other way round, so that its readings have the other sign. */
  readonly invert: boolean;
  /** Whether readings hold what the live block has besides: voltages between phases, apparent power, power factor. */
  readonly extendedValues: boolean;
  /** Time between two readings, 500..60000. */
  readonly liveMeasurementIntervalMs: number;
  /** Time between two reads of the device state, 500..60000. */
  readonly deviceStateReadIntervalMs: number;
  /** The raw point or SubjectPublicKeyInfo. */
  readonly publicKeyFormat: "binary" | "der";
  /** Whether to watch the OCMF state while a transaction is open. */
  readonly monitorTransactionState: boolean;
  /** Where signed values go: every reading, a transaction's start only, or the start and `reading.get`. */
  readonly publishSignedValues: "every" | "never" | "on_demand";
  /** Time between two reads of the energies, never less than `liveMeasurementIntervalMs`, to 600000. */
  readonly energyIntervalMs: number;
  /** As `energyIntervalMs`, of the temperature. */
  readonly temperatureIntervalMs: number;
  /** As `energyIntervalMs`, of the signed values. */
  readonly signedValueIntervalMs: number;
  /** Whether the signature of each signed value is verified. */
  readonly verifySignedValues: boolean;
}

/** One line and its meters. */
export interface LineSettings {
  /** One token, unique in the file. */
  readonly name: string;
  /** Unique in the file. */
  readonly endpoint: Endpoint;
  /** Bits a second. */
  readonly baudrate: number;
  /** Parity bit of each character. */
  readonly parity: "none" | "odd" | "even";
  /** Stop bits of each character. */
  readonly stopBits: 1 | 2;
  /** Hardware flow control. */
  readonly rtscts: boolean;
  /** Level of RTS; absent: on, as the kernel sets it. */
  readonly rts?: "on" | "off";
  /** How the driver switches the direction by RTS; absent: not at all. */
  readonly rs485?: {
    /** The adapter sends while RTS is on, or while it is off. */
    readonly direction: "rts" | "rts_inverted";
    /** From the switch to the first byte, 0..100. */
    readonly delayBeforeMs: number;
    /** From the last byte to the switch back, 0..100. */
    readonly delayAfterMs: number;
  };
  /** Whether the adapter echoes what is sent. */
  readonly ignoreEcho: boolean;
  /** Longest wait for the first byte of an answer beyond the wire time, 10..10000. */
  readonly initialTimeoutMs: number;
  /** Longest silence inside an answer, 1..1000. */
  readonly withinMessageTimeoutMs: number;
  /** Immediate repeats inside one attempt, 0..10. */
  readonly retries: number;
  /** At least one. */
  readonly meters: readonly MeterSettings[];
}

/** Files for TLS, PEM, paths absolute. */
export interface TlsSettings {
  /** Certificates of the authorities to trust. */
  readonly caFile?: string;
  /** Comes with `keyFile`. */
  readonly certFile?: string;
  /** Comes with `certFile`. */
  readonly keyFile?: string;
}

/** Where NATS is and who we are to it: at most one kind of credentials is there. */
export interface NatsSettings {
  /** `host`, `host:port`, `nats://host:port` or `tls://host:port`; at least one. */
  readonly servers: readonly string[];
  /** Tokens joined by dots. */
  readonly subjectPrefix: string;
  /** File with a JWT and its seed. */
  readonly credentialsFile?: string;
  /** Comes with `password`. */
  readonly user?: string;
  /** Comes with `user`. */
  readonly password?: string;
  /** Authentication token. */
  readonly token?: string;
  /** File with an NKey seed. */
  readonly nkeySeedFile?: string;
  /** Present, even if empty, where TLS is a must. */
  readonly tls?: TlsSettings;
  /** JetStream domain to use; absent = the one that we are connected to. */
  readonly jetstreamDomain?: string;
  /** Tokens joined by dots: where answers to our own requests arrive. */
  readonly inboxPrefix: string;
}

/** How a stream is created where it does not exist. */
export interface StreamSettings {
  /** False: the stream is never created here; an administrator may have created it. */
  readonly enabled: boolean;
  /** Copies in a cluster, 1..5. */
  readonly replicas: number;
  /** 0 = for ever. */
  readonly maxAgeDays: number;
  /** Absent = no limit. */
  readonly maxBytes?: number;
}

/** The three streams, and whose messages they take. */
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

/** A whole configuration: checked, complete, paths absolute, frozen to the last level. */
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
  /** How long delivered records are kept, and when records that wait or a disk that fills up are a fault. */
  readonly journal: {
    readonly retentionDays: number;
    readonly alarmUndeliveredMinutes: number;
    /** 0 = never. */
    readonly alarmFreeMb: number;
  };
  /** Where and how long readings wait while NATS is away. */
  readonly spool: {
    readonly mode: "off" | "memory" | "disk";
    readonly maxAgeHours: number;
    readonly maxMb: number;
  };
  /** `requireSync`: set no meter's clock while the kernel calls ours unsynchronised. */
  readonly clock: { readonly requireSync: boolean };
  /** What is written to the log, and how. */
  readonly log: { readonly level: LogLevel; readonly format: "text" | "json" };
  /** What is allowed and yet unlikely to be meant: one sentence each, with file, line, column and key. */
  readonly warnings: readonly string[];
  /** Keys with another default than in an earlier release, which the file leaves to that default. */
  readonly changedDefaults?: readonly ChangedDefault[];
}
