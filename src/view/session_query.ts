import { timestamp } from "../base/time.ts";
import { subjectToken } from "../base/subject_tokens.ts";
import type { SessionQuery } from "./session_rows.ts";
import { verdictChoices } from "./verdict_choice.ts";

/** Rows of a page that does not request another number. */
export const defaultRows = 50;
/** Maximum number of rows of a page. */
export const maxRows = 200;

/** A parameter cannot be used. */
export class SessionQueryError extends Error {
  override readonly name = "SessionQueryError";
  readonly code = "INVALID_QUERY";
}

/** The parameters of a URL for a query; values that are absent or empty are left out. */
export function sessionParams(
  query: { readonly [key in keyof SessionQuery]: SessionQuery[key] | undefined },
): URLSearchParams {
  const params = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  return new URLSearchParams(params.map(([name, value]) => [name, String(value)]));
}

/**
 * The query in the parameters of a URL; unknown parameters are ignored.
 *
 * @throws {SessionQueryError} a value is invalid; the message names the parameter
 */
export function sessionQuery(params: URLSearchParams): SessionQuery {
  return {
    ...time(params, "from"),
    ...time(params, "to"),
    ...token(params, "site"),
    ...token(params, "meter"),
    ...text(params, "evse"),
    ...text(params, "transaction"),
    ...verdict(params),
    ...count(params, "before", Number.MAX_SAFE_INTEGER),
    ...count(params, "after", Number.MAX_SAFE_INTEGER),
    ...count(params, "limit", maxRows),
  };
}

type Field<K extends keyof SessionQuery> = { readonly [key in K]?: NonNullable<SessionQuery[key]> };

function text<K extends "evse" | "transaction">(params: URLSearchParams, name: K): Field<K> {
  const value = valueOf(params, name);
  if (value === undefined) return {};
  if (value.length > 250) throw invalid(name, value, "at most 250 characters");
  return { [name]: value } as Field<K>;
}

function token<K extends "site" | "meter">(params: URLSearchParams, name: K): Field<K> {
  const value = valueOf(params, name);
  if (value === undefined) return {};
  if (!subjectToken.pattern.test(value)) throw invalid(name, value, subjectToken.allowed);
  return { [name]: value } as Field<K>;
}

function time<K extends "from" | "to">(params: URLSearchParams, name: K): Field<K> {
  const value = valueOf(params, name);
  if (value === undefined) return {};
  const ms = /^\d{4}-\d\d-\d\d(?:T.*(?:Z|[+-]\d\d:\d\d))?$/.test(value) ? Date.parse(value) : NaN;
  if (Number.isNaN(ms)) throw invalid(name, value, "a day or a time with its zone, such as 2026-01-31T08:00:00Z");
  return { [name]: timestamp(ms) } as Field<K>;
}

function verdict(params: URLSearchParams): Field<"verdict"> {
  const value = valueOf(params, "verdict");
  if (value === undefined) return {};
  if (!verdictChoices.includes(value)) throw invalid("verdict", value, `one of ${verdictChoices.join(", ")}`);
  return { verdict: value };
}

function count<K extends "before" | "after" | "limit">(params: URLSearchParams, name: K, max: number): Field<K> {
  const value = valueOf(params, name);
  if (value === undefined) return {};
  const number = /^\d{1,16}$/.test(value) ? Number(value) : 0;
  if (number < 1 || number > max) throw invalid(name, value, `a whole number from 1 to ${max}`);
  return { [name]: number } as Field<K>;
}

function valueOf(params: URLSearchParams, name: string): string | undefined {
  return params.get(name)?.trim() || undefined;
}

function invalid(name: string, value: string, allowed: string): SessionQueryError {
  return new SessionQueryError(
    `Cannot search: ${name} is ${JSON.stringify(value.slice(0, 80))}; allowed is ${allowed}`,
  );
}
