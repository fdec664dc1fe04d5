import type { Fault, FaultKind } from "../base/fault_board.ts";
import type { PublicKeyFormat } from "../base/meter_settings.ts";
import { timestamp } from "../base/time.ts";
import { type Identity, type MeterState, type PhaseValues, type Reading } from "../meter/mod.ts";
import { signedMeterValue } from "./shared_fields.ts";
import type { FaultPayload, PowermeterPayload, PublicKeyPayload, StatusPayload } from "./meter_schemas.ts";

/** The public key of the meter in upper-case hex; undefined: the meter has none. */
export function publicKeyOf(identity: Identity | undefined, format: PublicKeyFormat): string | undefined {
  if (identity?.billing.able !== true) return undefined;
  return format === "der" ? identity.billing.publicKeyDer : identity.billing.publicKeyPoint;
}

/** A reading as `Powermeter`; missing values are absent. */
export function powermeter(reading: Reading, { publicKey }: { publicKey: string | undefined }): PowermeterPayload {
  const { powerW, voltageV, reactivePowerVar, currentA, frequencyHz } = reading;
  const { temperatureC, signedValue, phaseSequenceError, extended = {} } = reading;
  const { lineVoltageV, apparentPowerVa, powerFactor } = extended;
  const imported = energy(reading.energyImportWh, extended.energyImportByPhaseWh);
  const exported = energy(reading.energyExportWh, extended.energyExportByPhaseWh);
  return {
    timestamp: timestamp(reading.takenAtMs),
    meter_id: reading.meterId,
    ...(phaseSequenceError === undefined ? {} : { phase_seq_error: phaseSequenceError }),
    ...(imported === undefined ? {} : { energy_Wh_import: imported }),
    ...(exported === undefined ? {} : { energy_Wh_export: exported }),
    ...(powerW === undefined ? {} : { power_W: powerW }),
    ...(voltageV === undefined ? {} : { voltage_V: voltageV }),
    ...(lineVoltageV === undefined ? {} : { voltage_LL_V: lineVoltageV }),
    ...(apparentPowerVa === undefined ? {} : { VA: apparentPowerVa }),
    ...(powerFactor === undefined ? {} : { power_factor: powerFactor }),
    ...(reactivePowerVar === undefined ? {} : { VAR: reactivePowerVar }),
    ...(currentA === undefined ? {} : { current_A: currentA }),
    ...(frequencyHz === undefined ? {} : { frequency_Hz: { L1: frequencyHz } }),
    ...(temperatureC === undefined
      ? {}
      : { temperatures: [{ temperature: temperatureC, location: "Body", identification: "Powermeter" }] }),
    ...(signedValue === undefined ? {} : { signed_meter_value: signedMeterValue(signedValue, publicKey ?? "") }),
  };
}

/** An energy without a total is not published, because readers rely on the total. */
function energy(
  total: number | undefined,
  byPhase: PhaseValues | undefined,
): { total: number } & PhaseValues | undefined {
  return total === undefined ? undefined : { total, ...byPhase };
}

/** The payload of `public_key`; undefined: the meter has no key. */
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

/** The parts of a meter's status. */
export interface StatusParts {
  readonly state: MeterState;
  readonly identity: Identity | undefined;
  /** Whether readings have the opposite sign of the meter display. */
  readonly inverted?: boolean | undefined;
  readonly transaction: {
    readonly state: StatusPayload["transaction"]["state"];
    readonly transactionId?: string | undefined;
  };
  /** Wall clock in milliseconds when `state` began. */
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
 * @param kinds the kinds of faults of a meter or a node
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
