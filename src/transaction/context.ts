import type { Identity } from "../meter/mod.ts";
import type { MeterTransactionsOptions } from "./meter_transactions_options.ts";
import { TransactionError } from "./errors.ts";
import type { HeldIdCache } from "./held_id_cache.ts";
import type { Tracker } from "./tracker.ts";

/** Shared objects of starts, stops and recovery. */
export interface Context extends MeterTransactionsOptions {
  readonly tracker: Tracker;
  readonly heldIds: HeldIdCache;
}

/** A meter that can bill. */
export type BillingIdentity = Identity & { readonly billing: { readonly able: true } };

/**
 * The identity of a meter that can bill.
 *
 * @throws {TransactionError} `METER_OFFLINE`: setup has not identified it yet; `NOT_SUPPORTED`: it cannot bill
 */
export function billingIdentity(context: Context): BillingIdentity {
  const { identity, name } = context.meter;
  if (identity === undefined) {
    throw new TransactionError("METER_OFFLINE", `Meter ${name} has not answered yet; check its line and unit id`);
  }
  if (!identity.billing.able) {
    throw new TransactionError("NOT_SUPPORTED", `Meter ${name} cannot bill: ${identity.billing.reason}`);
  }
  return { ...identity, billing: identity.billing };
}

/** The meter's public key in the configured format. */
export function configuredKey(context: Context, identity: BillingIdentity): string {
  return context.publicKeyFormat === "der" ? identity.billing.publicKeyDer : identity.billing.publicKeyPoint;
}

/** Whether a stop should be attempted: the meter is online, or it answers badly and the next answer may be valid. */
export function mayAnswer({ meter }: Context): boolean {
  return meter.state === "online" || meter.answersBadly;
}

/** @throws {TransactionError} `METER_OFFLINE` unless the meter is online */
export function requireOnline(context: Context): void {
  const { name, state } = context.meter;
  if (state === "online") return;
  throw new TransactionError("METER_OFFLINE", `Meter ${name} is ${state}; the service retries`);
}
