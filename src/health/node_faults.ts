import type { Fault, FaultKind } from "../base/fault_board.ts";

/** Every fault that a process itself can have, by its sub type. The README's table of node faults says the same. */
export const nodeFaultKinds = {
  RecordsUndelivered: {
    type: "node/DeliveryFault",
    severity: "Medium",
    cause: "A record waits for delivery longer than `journal.alarm_undelivered_minutes`",
    remedy: "Check NATS and JetStream: a full stream, a missing one, or no connection; cleared when it is delivered",
  },
  RecordRefused: {
    type: "node/DeliveryFault",
    severity: "High",
    cause: "NATS refuses single records; the others are delivered meanwhile",
    remedy:
      "The message names the records and the reason: a limit of the stream or the server, or a missing right. Correct it, the service tries again; or export the records with `journal export`",
  },
  JetStreamFull: {
    type: "node/DeliveryFault",
    severity: "High",
    cause: "The stream of records, its account or its server has no room left: records wait in the journal",
    remedy: "Raise the limit that the message names, or free space on the server; cleared when a record is stored",
  },
  StreamUnsafe: {
    type: "node/DeliveryFault",
    severity: "High",
    cause: "The stream that holds the records exists with settings that can lose one, or does not hold our subject",
    remedy:
      "Run the command that the message names; the service never alters a stream. The journal has the records that the stream lost: deliver them again with `_node.redeliver` or `journal redeliver`",
  },
  ReadingsDropped: {
    type: "node/DeliveryFault",
    severity: "Medium",
    cause:
      "Readings have been lost for more than a minute: the spool is off, has no room or keeps them no longer, or they are too long",
    remedy:
      "Check NATS and its stream of readings, the log says why they are not acknowledged. Enlarge `spool.max_mb` or `spool.max_age_hours`. Cleared when none was lost for a minute",
  },
  DuplicateSite: {
    type: "node/IdentityFault",
    severity: "High",
    cause: "Another process serves a meter of the same name at the same site",
    remedy:
      "The message names the other one and its host. Give one of the two another `site` or other meter names, or stop it. One that has served nothing yet waits; cleared when the other is gone",
  },
  AccessDenied: {
    type: "node/AccessFault",
    severity: "High",
    cause: "The NATS server refuses subjects that the service needs",
    remedy: "Add the permissions that the message names to the user of the node; `docs/fleet.md` lists all of them",
  },
  DiskSpaceLow: {
    type: "node/StorageFault",
    severity: "Medium",
    cause: "The disk of `state_dir` has less than `journal.alarm_free_mb` free",
    remedy: "Free space before the journal cannot be written any more; cleared when there is a tenth more than that",
  },
  JournalFailed: {
    type: "node/StorageFault",
    severity: "High",
    cause:
      "The journal cannot be read or written, or its file was removed or replaced. Starts are refused, records stay on their meters",
    remedy:
      "Free space in `state_dir` or correct its permissions. The service tries again and writes a removed journal again by itself. If another file is in its place: put the right one there and restart the service",
  },
  JournalDamaged: {
    type: "node/StorageFault",
    severity: "High",
    cause:
      "A damaged journal was replaced by a new one with what was readable. Or the journal in use is damaged: starts are refused, records stay on their meters. Or a column of a row is damaged",
    remedy:
      "Restart the service if the message says so. Move the file that the message names out of `state_dir` and keep it for repair. Compare a damaged row with a backup. Cleared when no damage is left",
  },
  ClockNotSynchronised: {
    type: "node/ClockFault",
    severity: "Low",
    cause:
      "The kernel calls this machine's clock unsynchronised (with `clock.require_sync`), or it shows an impossible time",
    remedy: "Check NTP or chrony; until the clock is right no meter's clock is set, metering and charging continue",
  },
} as const satisfies Record<
  string,
  FaultKind<
    "node/DeliveryFault" | "node/IdentityFault" | "node/AccessFault" | "node/StorageFault" | "node/ClockFault"
  >
>;

/** A node fault's sub type. */
export type NodeFaultSubType = keyof typeof nodeFaultKinds;

/** A node's fault that is raised, or that has just been cleared. */
export type NodeFault = Fault<NodeFaultSubType>;
