import type { Fault, FaultKind } from "../base/fault_board.ts";

/** Every fault of the process itself, by sub type. A test compares docs/faults.md. */
export const nodeFaultKinds = {
  RecordsUndelivered: {
    type: "node/DeliveryFault",
    severity: "Medium",
    cause: "A record has waited for delivery longer than `journal.alarm_undelivered_minutes`",
    remedy:
      "Check NATS and JetStream: a full stream, a missing stream, or no connection. Cleared when the record is delivered",
  },
  RecordRefused: {
    type: "node/DeliveryFault",
    severity: "High",
    cause: "NATS refuses single records; the other records are delivered",
    remedy:
      "The message names the records and the reason: a limit of the stream or the server, or a missing permission. Correct it; the service retries. Or export the records with `journal export`",
  },
  JetStreamFull: {
    type: "node/DeliveryFault",
    severity: "High",
    cause: "The stream of records, its account or its server has no room left; records wait in the journal",
    remedy: "Raise the limit that the message names, or free space on the server. Cleared when a record is stored",
  },
  StreamUnsafe: {
    type: "node/DeliveryFault",
    severity: "High",
    cause:
      "The stream of the records has settings that can lose a record, or it does not store the subject of our records",
    remedy:
      "Run the command that the message names; the service never changes a stream. The journal has the records that the stream lost: deliver them again with `_node.redeliver` or `journal redeliver`",
  },
  ReadingsDropped: {
    type: "node/DeliveryFault",
    severity: "Medium",
    cause:
      "Readings have been lost for more than a minute: the spool is off, is full, or its readings are too old, or the readings are too long",
    remedy:
      "Check NATS and its stream of readings; the log has the reason why they are not acknowledged. Increase `spool.max_mb` or `spool.max_age_hours`. Cleared when no reading was lost for a minute",
  },
  IntervalsDropped: {
    type: "node/DeliveryFault",
    severity: "Medium",
    cause:
      "Intervals of the load profile waited for NATS until there was no room for more, so the oldest ones were dropped",
    remedy:
      "Check NATS and its stream of intervals; the log has the reason why they are not delivered. Free space in `state_dir`. The registers of the next published interval contain the energy. Cleared when no interval waits",
  },
  DuplicateSite: {
    type: "node/IdentityFault",
    severity: "High",
    cause: "Another process serves a meter with the same name at the same site",
    remedy:
      "The message names the other process and its host. Give one of the two another `site` or other meter names, or stop it. A process that has not served the meter yet waits. Cleared when the other process has stopped",
  },
  AccessDenied: {
    type: "node/AccessFault",
    severity: "High",
    cause: "The NATS server denies subjects that the service needs",
    remedy: "Add the permissions that the message names to the user of the node; `docs/fleet.md` lists all of them",
  },
  DiskSpaceLow: {
    type: "node/StorageFault",
    severity: "Medium",
    cause: "The disk of `state_dir` has less than `journal.alarm_free_mb` free",
    remedy:
      "Free space before the journal can no longer be written. Cleared when the free space is 10 % above the limit",
  },
  JournalFailed: {
    type: "node/StorageFault",
    severity: "High",
    cause:
      "The journal cannot be read or written, or its file was removed or replaced. Starts are refused and records stay on their meters",
    remedy:
      "Free space in `state_dir` or correct its permissions. The service retries and writes a removed journal again. If another file is in its place, put the right file there and restart the service",
  },
  JournalDamaged: {
    type: "node/StorageFault",
    severity: "High",
    cause:
      "A damaged journal was replaced by a new one with the readable data. Or the journal in use is damaged: starts are refused and records stay on their meters. Or a column of a row is damaged",
    remedy:
      "Restart the service if the message says so. Move the file that the message names out of `state_dir` and keep it for repair. Compare a damaged row with a backup. Cleared when no damage is left",
  },
  IntervalsFailed: {
    type: "node/StorageFault",
    severity: "Medium",
    cause:
      "`intervals.db` cannot be opened, read or written. The last intervals of each meter wait in memory and are not published; readings and transactions continue",
    remedy:
      "Free space in `state_dir`, or correct the permissions of `intervals.db`. The service retries each minute and continues with the state in the file. Cleared when the file can be used",
  },
  ConfigurationRefused: {
    type: "node/ConfigurationFault",
    severity: "Medium",
    cause:
      "The configuration was read again and refused: it has mistakes, or it changes a key that needs a restart. The old configuration stays in force",
    remedy:
      "Correct what the message names and reload, or restart the service. Cleared when a configuration is accepted",
  },
  ClockNotSynchronised: {
    type: "node/ClockFault",
    severity: "Low",
    cause:
      "The kernel reports this machine's clock as unsynchronised (with `clock.require_sync`), or the clock shows an impossible time",
    remedy:
      "Check NTP or chrony. No meter clock is set until the machine's clock is right; metering and charging continue",
  },
} as const satisfies Record<
  string,
  FaultKind<
    | "node/DeliveryFault"
    | "node/IdentityFault"
    | "node/AccessFault"
    | "node/StorageFault"
    | "node/ConfigurationFault"
    | "node/ClockFault"
  >
>;

/** A node fault's sub type. */
export type NodeFaultSubType = keyof typeof nodeFaultKinds;

/** A node fault that is raised or was just cleared. */
export type NodeFault = Fault<NodeFaultSubType>;
