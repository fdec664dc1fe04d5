import { ParsedRecord, parsedSession, type RecordSession, type SessionEnergy } from "../ocmf/mod.ts";
import type { SessionPayload } from "./session_schema.ts";
import { optionalTime } from "./shared_fields.ts";

/** The session of a record as a field of a payload; no field if the record cannot be read. */
export function sessionField(ocmf: Uint8Array): { session?: SessionPayload } {
  return parsedSessionField(new ParsedRecord(ocmf));
}

/** Like {@linkcode sessionField}, for a parsed record. */
export function parsedSessionField(record: ParsedRecord): { session?: SessionPayload } {
  const session = parsedSession(record);
  return session === undefined ? {} : { session: sessionPayload(session) };
}

/** A derived session as it is published. */
export function sessionPayload(session: RecordSession): SessionPayload {
  const { transactionId, beginAtMs, endAtMs, durationMs, timeQuality, registers, energyWh, evseId } = session;
  const { chargingPointType, identification, tariffText, pagination, meterSerial } = session;
  return {
    derived: true,
    ...(transactionId !== undefined && { transaction_id: transactionId }),
    ...optionalTime("begin_at", beginAtMs),
    ...optionalTime("end_at", endAtMs),
    ...(durationMs !== undefined && { duration_s: durationMs / 1000 }),
    ...(timeQuality !== undefined && { time_quality: timeQuality }),
    registers: registers.map(registerPayload),
    ...(energyWh !== undefined && { energy_Wh: energyWh }),
    ...(evseId !== undefined && { evse_id: evseId }),
    ...(chargingPointType !== undefined && { charging_point_type: chargingPointType }),
    ...(identification !== undefined && { identification }),
    ...(tariffText !== undefined && { tariff_text: tariffText }),
    ...(pagination !== undefined && { pagination }),
    ...(meterSerial !== undefined && { meter_serial: meterSerial }),
  };
}

function registerPayload({ obis, direction, billed, beginWh, endWh, energyWh, lossWh }: SessionEnergy) {
  return {
    ...(obis !== undefined && { obis }),
    ...(direction !== undefined && { direction }),
    billed,
    ...(beginWh !== undefined && { begin_Wh: beginWh }),
    ...(endWh !== undefined && { end_Wh: endWh }),
    ...(energyWh !== undefined && { energy_Wh: energyWh }),
    ...(lossWh !== undefined && { loss_Wh: lossWh }),
  };
}
