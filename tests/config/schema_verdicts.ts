import { Ajv } from "ajv";
import { parse } from "yaml";
import { brokerForms } from "../../src/config/broker_address.ts";
import { accessRule } from "../../src/config/check_web_access.ts";
import { gatewayForms, serverForms } from "../../src/config/endpoint.ts";
import { localTimeKeys } from "../../src/config/key_rules.ts";
import { configurationSchema, type Problem } from "../../src/config/mod.ts";
import { hostForm, proxyForm } from "../../src/config/web_schema.ts";
import { problemsOf } from "../support/config_text.ts";

/** What the JSON Schema and the validator find in the same file; empty: it is accepted. */
export interface Verdicts {
  readonly schema: readonly string[];
  readonly validator: readonly Problem[];
}

/** The environment of every file here. */
const variables = { NATS_PASSWORD: "secret" };

/** Returns a function that checks a file with the JSON Schema and with the validator, by default of the service. */
export function schemaVerdicts(
  schema: object = configurationSchema(),
  validatorOf: typeof problemsOf = problemsOf,
): (text: string) => Verdicts {
  const ajv = new Ajv({ allErrors: true, strictRequired: false, keywords: ["patternErrorMessage"] });
  const accepts = ajv.compile(schema);
  return (text) => ({
    schema: accepts(parse(text, { merge: true }))
      ? []
      : (accepts.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`),
    validator: validatorOf(text, variables),
  });
}

/** The mistakes that a JSON Schema cannot find, by the text of what is allowed. */
const notSayable: readonly ((problem: Problem) => boolean)[] = [
  // Values of several mappings
  ({ allowed }) => /^each (name|port|gateway|unit id|meter|module) (once|on one line)/.test(allowed),
  // Refused only if a meter does not set one of the two keys itself
  ({ key, allowed }) => key.startsWith("defaults.") && allowed === `one of ${localTimeKeys.join(" and ")}`,
  // The syntax of a host or an address, and the names of time zones
  ({ allowed }) => [gatewayForms, serverForms, brokerForms, proxyForm, hostForm].includes(allowed),
  ({ allowed }) => allowed.startsWith("the name of a time zone"),
  // Whether other machines can reach an address
  ({ allowed }) => allowed === accessRule,
  // The environment
  ({ found }) => found.includes("${"),
];

/** Whether the JSON Schema may accept a file with this problem. */
export function isNotSayable(problem: Problem): boolean {
  return notSayable.some((isCase) => isCase(problem));
}

/** Why the two do not agree; undefined: they do, or only mistakes remain that a JSON Schema cannot find. */
export function disagreement({ schema, validator }: Verdicts): string | undefined {
  const sayable = validator.filter((problem) => !isNotSayable(problem));
  if (sayable.length > 0 && schema.length === 0) {
    return `only the validator refuses it: ${sayable.map(({ message }) => message).join("; ")}`;
  }
  if (schema.length > 0 && validator.length === 0) return `only the JSON Schema refuses it: ${schema.join("; ")}`;
  return undefined;
}
