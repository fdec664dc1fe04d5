import type { Fault, FaultBoard, FaultKind } from "../base/fault_board.ts";

/** Every fault of a meter, by sub type. A test compares docs/faults.md. */
export const faultKinds = {
  CommunicationError: {
    type: "powermeter/CommunicationFault",
    severity: "High",
    cause: "The meter gave no usable answer in all attempts, or the device of the line is gone",
    remedy:
      "Check wiring, unit id, baud rate and parity, and that the adapter is plugged in. Cleared by the next success",
  },
  LineNoisy: {
    type: "powermeter/CommunicationFault",
    severity: "Medium",
    cause: "At least one in twenty exchanges with the meter had no usable answer; repeats still succeed",
    remedy:
      "Check cabling, termination and shielding before it gets worse. Cleared when fewer than one in fifty exchanges fail",
  },
  DeviceStateError: {
    type: "powermeter/VendorError",
    severity: "Low",
    cause: "The meter reports an error in its device state (register 320499)",
    remedy:
      "The message names the bits: check voltages, currents and frequency. Replace a meter with an internal fault",
  },
  OcmfTransactionClosed: {
    type: "powermeter/VendorError",
    severity: "Low",
    cause: "The meter closed a running transaction itself, usually after a power loss",
    remedy: "None: its record is fetched and published. Cleared by the next start or stop",
  },
  OcmfCorrupted: {
    type: "powermeter/VendorError",
    severity: "High",
    cause: "The meter reports its OCMF file as corrupted, or reports READY but returns no file for 5 s",
    remedy: "The content of the file is in the journal with reason `corrupted`. If it happens again, replace the meter",
  },
  BillingUnavailable: {
    type: "powermeter/VendorError",
    severity: "High",
    cause:
      "The meter has no signature key, or does not answer at its OCMF registers: it cannot bill, metering continues",
    remedy: "Set the signature type of the meter, or use a meter with OCMF; the message names the identification code",
  },
  RecordNotVerified: {
    type: "powermeter/VendorError",
    severity: "High",
    cause: "The signature of the last record is not valid, or its session is violated; the record is published anyway",
    remedy: "Check `verification.problems` of the record before it is billed. Cleared by the next valid record",
  },
  SignedValueNotVerified: {
    type: "powermeter/VendorError",
    severity: "Medium",
    cause: "A signed live value does not fit the public key of the meter (checked if `verify_signed_values` is on)",
    remedy: "The reading is published anyway. If it happens again, replace the meter. Cleared by the next valid value",
  },
  JournalFailed: {
    type: "powermeter/VendorError",
    severity: "High",
    cause: "A record or the state of a transaction cannot be written to the state folder; the file stays on the meter",
    remedy: "Free space in `state_dir` or correct its permissions. The record is fetched when writing works again",
  },
  MeterExchanged: {
    type: "powermeter/VendorError",
    severity: "Medium",
    cause:
      "Another meter answers here than before (serial number or year); the record of an open transaction is on the old meter",
    remedy: "Connect the old meter here to fetch its record; acknowledge an intended replacement",
  },
  PublicKeyChanged: {
    type: "powermeter/VendorError",
    severity: "Medium",
    cause: "The meter has another public key than with its first record, but the same serial number",
    remedy: "Find the reason before its records are billed; an acknowledgement pins the new key",
  },
  ModelUnknown: {
    type: "powermeter/VendorError",
    severity: "High",
    cause: "The identification code of the meter is unknown, and it has no OCMF registers: it is not metered",
    remedy: "Send us the message. If the type is known, set `model` of the meter in the configuration",
  },
  WiringSuspect: {
    type: "powermeter/VendorError",
    severity: "Low",
    cause: "A setting of the meter, or its own check of the wiring, shows that its readings may be wrong",
    remedy: "The message names the register and what to change. Cleared within a minute after the correction",
  },
  ClockNotSet: {
    type: "powermeter/VendorError",
    severity: "Low",
    cause: "The meter refused the time, so its records may have a wrong or unsynchronised time",
    remedy: "The service retries. If the fault stays, check the clock settings of the meter",
  },
} as const satisfies Record<string, FaultKind<"powermeter/CommunicationFault" | "powermeter/VendorError">>;

/** A fault's sub type. */
export type FaultSubType = keyof typeof faultKinds;

/** A meter fault that is raised or was just cleared. */
export type MeterFault = Fault<FaultSubType>;

/** The faults of one meter. */
export type MeterFaults = FaultBoard<FaultSubType>;
