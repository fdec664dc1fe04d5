import type { Log } from "../base/log.ts";
import type { Field } from "./codec.ts";
import { encodeInteger, encodeText, wordsOf } from "./codec.ts";
import type { RegisterAccess } from "./register_access.ts";
import { transaction } from "./registers.ts";
import type { TransactionFields } from "./types.ts";

/** Longest TT of an OCMF record, in bytes. */
const maxTariffTextBytes = 250;

/**
 * Writes the nine fields of a start. Texts that do not fit are cut, and this is logged.
 *
 * @throws {RangeError} before anything is written: a TT beyond 250 bytes, because a cut would remove the transaction
 * id, or a number that does not fit its register
 */
export async function writeTransaction(
  registers: RegisterAccess,
  fields: TransactionFields,
  log: Log,
): Promise<void> {
  const tariffTextBytes = new TextEncoder().encode(fields.tariffText).length;
  if (tariffTextBytes > maxTariffTextBytes) {
    throw new RangeError(`Cannot write a tariff text of ${tariffTextBytes} bytes: at most ${maxTariffTextBytes} fit`);
  }
  const text = (name: string, field: Field, value: string): [number, Uint8Array] => {
    const { bytes, cut } = encodeText(value, wordsOf(field));
    if (cut) log.warn(`Cut the ${name} to the ${wordsOf(field) * 2 - 1} bytes that the meter holds`);
    return [field.at, bytes];
  };
  const number = (field: { readonly at: number }, value: number): [number, Uint8Array] => [
    field.at,
    encodeInteger("u16", value),
  ];
  const flags = new Uint8Array(fields.identificationFlags.flatMap((flag) => [...encodeInteger("u16", flag)]));
  const writes: readonly (readonly [number, Uint8Array])[] = [
    number(transaction.identificationStatus, fields.identificationStatus),
    number(transaction.identificationLevel, fields.identificationLevel),
    [transaction.identificationFlags.at, flags],
    number(transaction.identificationType, fields.identificationType),
    text("identification data", transaction.identificationData, fields.identificationData),
    number(transaction.chargingPointType, fields.chargingPointType),
    text("charging point identifier", transaction.chargingPoint, fields.chargingPoint),
    text("tariff text", transaction.tariffText, fields.tariffText),
    number(transaction.sessionModality, fields.sessionModality),
  ];
  for (const [at, bytes] of writes) await registers.write(at, bytes);
}
