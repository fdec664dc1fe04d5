import type { Fault, FaultBoard, FaultKind } from "../base/fault_board.ts";

/** Every fault that a meter can have, by its sub type. docs/faults.md says the same. */
export const faultKinds = {
  CommunicationError: {
    type: "powermeter/CommunicationFault",
    severity: "High",
    cause: "The meter gave no usable answer through all attempts, or the line's device is gone",
    remedy:
      "Check wiring, unit id, baud rate and parity, and that the adapter is plugged in; cleared by the next success",
  },
  LineNoisy: {
    type: "powermeter/CommunicationFault",
    severity: "Medium",
    cause: "One in twenty exchanges with the meter, or more, got no usable answer; repeats make up for it as yet",
    remedy: "Check cabling, termination and shielding before it gets worse; cleared when fewer than one in fifty fail",
  },
  DeviceStateError: {
    type: "powermeter/VendorError",
    severity: "Low",
    cause: "The meter reports an error in its device state (register 320499)",
    remedy: "The message names the bits: check voltages, currents and frequency; an internal fault needs a new meter",
  },
  OcmfTransactionClosed: {
    type: "powermeter/VendorError",
    severity: "Low",
    cause: "The meter closed a running transaction by itself, after a power loss as a rule",
    remedy: "None needed: its record is fetched and published; cleared by the next start or stop",
  },
  OcmfCorrupted: {
    type: "powermeter/VendorError",
    severity: "High",
    cause: "The meter reports its OCMF file as corrupted, or says READY and gives no file for 5 s",
    remedy: "What the file held is in the journal with reason `corrupted`; if it repeats, replace the meter",
  },
  BillingUnavailable: {
    type: "powermeter/VendorError",
    severity: "High",
    cause: "The meter has no signature key, or does not answer its OCMF registers: it cannot bill, metering goes on",
    remedy: "Set the meter's signature type, or use a meter with OCMF; the message names the identification code",
  },
  RecordNotVerified: {
    type: "powermeter/VendorError",
    severity: "High",
    cause: "The last record's signature is not valid, or its session is violated; the record is published all the same",
    remedy: "Look at `verification.problems` of the record before it is billed; cleared by the next good record",
  },
  SignedValueNotVerified: {
    type: "powermeter/VendorError",
    severity: "Medium",
    cause: "A signed live value does not fit the meter's public key (looked at where `verify_signed_values` is on)",
    remedy: "The reading is published all the same; if it repeats, replace the meter; cleared by the next good value",
  },
  JournalFailed: {
    type: "powermeter/VendorError",
    severity: "High",
    cause: "A record or a transaction's state cannot be written to the state folder; the file stays on the meter",
    remedy: "Free space in `state_dir` or correct its permissions; the record is fetched when writing works again",
  },
  MeterExchanged: {
    type: "powermeter/VendorError",
    severity: "Medium",
    cause:
      "Another meter answers here than before, by its serial number or year; an open transaction is lost to the old one",
    remedy: "Connect the old meter here to fetch its record; acknowledge an exchange that was meant",
  },
  PublicKeyChanged: {
    type: "powermeter/VendorError",
    severity: "Medium",
    cause: "The meter has another public key than with its first record, and the same serial number",
    remedy: "Find out why before its records are billed; an acknowledgement pins the new key",
  },
  ModelUnknown: {
    type: "powermeter/VendorError",
    severity: "High",
    cause: "There is no model for the meter's identification code, and it has no OCMF registers: it is not metered",
    remedy: "Send us what the message says; if the type is known, set `model` of the meter in the configuration",
  },
  WiringSuspect: {
    type: "powermeter/VendorError",
    severity: "Low",
    cause: "A setting of the meter, or its own check of the wiring, makes its readings doubtful",
    remedy: "The message names the register and what to change; cleared within a minute after it is right",
  },
  ClockNotSet: {
    type: "powermeter/VendorError",
    severity: "Low",
    cause: "The meter did not take the time, so that its records may carry a wrong or unsynchronised time",
    remedy: "Tried again by itself; if it stays, check the meter's clock settings",
  },
} as const satisfies Record<string, FaultKind<"powermeter/CommunicationFault" | "powermeter/VendorError">>;

/** A fault's sub type. */
export type FaultSubType = keyof typeof faultKinds;

/** A meter's fault that is raised, or that has just been cleared. */
export type MeterFault = Fault<FaultSubType>;

/** The faults of one meter. */
export type MeterFaults = FaultBoard<FaultSubType>;
