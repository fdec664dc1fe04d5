import type { Fault, FaultKind } from "../base/fault_board.ts";

/** Every fault that a process itself can have, by its sub type. The README's table of node faults says the same. */
export const nodeFaultKinds = {
  RecordsUndelivered: {
    type: "node/DeliveryFault",
    severity: "Medium",
    cause: "A record waits for delivery longer than `journal.alarm_undelivered_minutes`",
    remedy: "Check NATS and JetStream: a full stream, a missing one, or no connection; cleared when it is delivered",
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
      "The journal cannot be read or written, or its file was removed or replaced: starts are refused, records stay on their meters",
    remedy:
      "Free space in `state_dir` or mend its permissions; tried again by itself, and a removed journal is written again. Where another file is in its place: put the right one there and restart the service",
  },
  JournalDamaged: {
    type: "node/StorageFault",
    severity: "High",
    cause:
      "A damaged journal was replaced by a new one with what was readable; or the one in use is damaged: starts are refused, records stay on their meters; or a column of a row is damaged",
    remedy:
      "Restart the service if the message says so. Keep the file that the message names for repair, outside of `state_dir`; compare a damaged row with a backup; cleared when there is no damage any more",
  },
  ClockNotSynchronised: {
    type: "node/ClockFault",
    severity: "Low",
    cause:
      "The kernel calls this machine's clock unsynchronised (with `clock.require_sync`), or it shows an impossible time",
    remedy: "Check NTP or chrony; no meter's clock is set until then, metering and charging go on",
  },
} as const satisfies Record<string, FaultKind<"node/DeliveryFault" | "node/StorageFault" | "node/ClockFault">>;

/** A node fault's sub type. */
export type NodeFaultSubType = keyof typeof nodeFaultKinds;

/** A node's fault that is raised, or that has just been cleared. */
export type NodeFault = Fault<NodeFaultSubType>;
