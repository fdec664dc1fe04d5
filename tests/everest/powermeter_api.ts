import { Ajv, type ValidateFunction } from "ajv";

const text = { type: "string" };
const number = { type: "number" };
const time = { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$" };

function object(required: Record<string, object>, optional: Record<string, object> = {}): object {
  return {
    type: "object",
    required: Object.keys(required),
    properties: { ...required, ...optional },
    additionalProperties: false,
  };
}

const phases = { L1: number, L2: number, L3: number };
const sum = object({ total: number }, phases);
const signed = object(
  { signed_meter_data: text, signing_method: text, encoding_method: text },
  { public_key: text, timestamp: time },
);
const status = { enum: ["OK", "NOT_SUPPORTED", "UNEXPECTED_ERROR"] };

/** What EVerest accepts from a power meter, version 1 of the API, by the end of the topic. Nothing else is allowed. */
const messages: Readonly<Record<string, object>> = {
  powermeter_values: object({ timestamp: time, energy_Wh_import: sum }, {
    meter_id: text,
    phase_seq_error: { type: "boolean" },
    energy_Wh_export: sum,
    power_W: sum,
    voltage_V: object({}, { DC: number, ...phases }),
    VAR: sum,
    current_A: object({}, { DC: number, N: number, ...phases }),
    frequency_Hz: object({ L1: number }, { L2: number, L3: number }),
    signed_meter_value: signed,
  }),
  public_key_ocmf: text,
  // false ends the check of EVerest for good
  communication_check: { const: true },
  reply: {
    ...object({ status }, { error: text, signed_meter_value: signed, start_signed_meter_value: signed }),
    if: { properties: { status: { const: "OK" } } },
    then: { not: { required: ["error"] } },
    else: { required: ["error"] },
  },
};

const checks = new Map<string, ValidateFunction>(
  Object.entries(messages).map(([name, schema]) => [name, new Ajv({ strictTypes: false }).compile(schema)]),
);

/**
 * Checks a message to EVerest.
 *
 * @param name end of its topic: `powermeter_values`, `reply/<uuid>`
 * @throws {Error} EVerest has no such topic, or does not accept the message
 */
export function checkApiMessage(name: string, payload: unknown): void {
  const check = checks.get(name.split("/")[0] ?? "");
  if (check?.(payload) === true) return;
  throw new Error(`${name} is not as in the API: ${JSON.stringify(check?.errors)}: ${JSON.stringify(payload)}`);
}
