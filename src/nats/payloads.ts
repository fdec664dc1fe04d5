import type { Fault, FaultKind } from "../base/fault_board.ts";
import { timestamp } from "../base/time.ts";
import { type Identity, type MeterState, type Reading } from "../meter/mod.ts";
import { signedMeterValue } from "../transaction/mod.ts";
import type { FaultPayload, PowermeterPayload, PublicKeyPayload, StatusPayload } from "./schemas.ts";

/** In which form public keys are on the bus: the raw point or DER SubjectPublicKeyInfo. */
export type PublicKeyFormat = "binary" | "der";

/** The meter's public key, upper-case hex; absent where the meter has none. */
export function publicKeyOf(identity: Identity | undefined, format: PublicKeyFormat): string | undefined {
  if (identity?.billing.able !== true) return undefined;
  return format === "der" ? identity.billing.publicKeyDer : identity.billing.publicKeyPoint;
}

/** A reading as `Powermeter`: what has no value is absent. */
export function powermeter(reading: Reading, { publicKey }: { publicKey: string | undefined }): PowermeterPayload {
  const { powerW, voltageV, reactivePowerVar, currentA, frequencyHz } = reading;
  const { energyImportWh, energyExportWh, temperatureC, signedValue, phaseSequenceError } = reading;
  return {
    timestamp: timestamp(reading.takenAtMs),
    meter_id: reading.meterId,
    ...(phaseSequenceError === undefined ? {} : { phase_seq_error: phaseSequenceError }),
    ...(energyImportWh === undefined ? {} : { energy_Wh_import: { total: energyImportWh } }),
    ...(energyExportWh === undefined ? {} : { energy_Wh_export: { total: energyExportWh } }),
    ...(powerW === undefined ? {} : { power_W: powerW }),
    ...(voltageV === undefined ? {} : { voltage_V: voltageV }),
    ...(reactivePowerVar === undefined ? {} : { VAR: reactivePowerVar }),
    ...(currentA === undefined ? {} : { current_A: currentA }),
    ...(frequencyHz === undefined ? {} : { frequency_Hz: { L1: frequencyHz } }),
    ...(temperatureC === undefined
      ? {}
      : { temperatures: [{ temperature: temperatureC, location: "Body", identification: "Powermeter" }] }),
    ...(signedValue === undefined ? {} : { signed_meter_value: signedMeterValue(signedValue, publicKey ?? "") }),
  };
}

/** The payload of `public_key`; absent where the meter has none. */
export function publicKeyPayload(
  identity: Identity | undefined,
  format: PublicKeyFormat,
  atMs: number,
): PublicKeyPayload | undefined {
  const publicKey = publicKeyOf(identity, format);
  if (identity?.billing.able !== true || publicKey === undefined) return undefined;
  return {
    meter_id: identity.meterId,
    public_key: publicKey,
    public_key_format: format,
    signing_method: identity.billing.signingMethod,
    timestamp: timestamp(atMs),
  };
}

/** What a meter's status is made of. */
export interface StatusParts {
  readonly state: MeterState;
  readonly identity: Identity | undefined;
  /** Whether readings have the other sign than the meter shows. */
  readonly inverted?: boolean | undefined;
  readonly transaction: {
    readonly state: StatusPayload["transaction"]["state"];
    readonly transactionId?: string | undefined;
  };
  /** Wall clock in milliseconds at which `state` began. */
  readonly sinceMs: number;
  readonly atMs: number;
}

/** The payload of `status`. */
export function statusPayload({ state, identity, inverted, transaction, sinceMs, atMs }: StatusParts): StatusPayload {
  const { transactionId } = transaction;
  return {
    state,
    ...(identity === undefined ? {} : {
      meter_id: identity.meterId,
      model: identity.model,
      identification_code: identity.code,
      ...(Object.keys(identity.firmware).length === 0 ? {} : { firmware: identity.firmware }),
      transaction_support: identity.billing.able,
    }),
    ...(inverted === true ? { inverted } : {}),
    transaction: {
      state: transaction.state,
      ...(transactionId === undefined ? {} : { transaction_id: transactionId }),
    },
    since: timestamp(sinceMs),
    timestamp: timestamp(atMs),
  };
}

/**
 * The payload of `fault.<sub_type>`.
 *
 * @param kinds the kinds of fault that a meter or a node can have
 */
export function faultPayload<SubType extends string>(
  fault: Fault<SubType>,
  kinds: Readonly<Record<SubType, FaultKind>>,
): FaultPayload {
  const { type, severity } = kinds[fault.subType];
  return {
    type,
    sub_type: fault.subType,
    severity,
    active: fault.active,
    message: fault.message,
    since: timestamp(fault.sinceMs),
    timestamp: timestamp(fault.atMs),
  };
}
