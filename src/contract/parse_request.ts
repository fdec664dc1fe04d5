import type { z } from "zod";
import { TransactionError } from "../transaction/mod.ts";

/**
 * Validates and parses a request.
 *
 * @throws {TransactionError} `INVALID_REQUEST`: names every invalid field, what was found and what is allowed. The
 * message is logged, and a value of the wrong type can identify a customer: only its type is named
 */
export function parseRequest<T>(schema: z.ZodType<T>, request: unknown): T {
  const parsed = schema.safeParse(request, { reportInput: true });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => sentence(issue));
  throw new TransactionError("INVALID_REQUEST", `Invalid request: ${[...new Set(problems)].join("; ")}`);
}

function sentence(issue: z.core.$ZodIssue): string {
  const field = issue.path.length === 0 ? "the payload" : place(issue.path);
  if (issue.code === "invalid_type") {
    return issue.input === undefined
      ? `${field} is missing`
      : `${field} must be ${article(issue.expected)}, found ${kindOf(issue.input)}`;
  }
  if (issue.code === "invalid_value") {
    const allowed = `one of ${issue.values.map(String).join(", ")}`;
    return issue.input === undefined
      ? `${field} is missing: ${allowed}`
      : `${field} is ${shown(issue.input)}: must be ${allowed}`;
  }
  return `${field} ${issue.message}`;
}

function place(path: readonly PropertyKey[]): string {
  return path.map((step) => typeof step === "number" ? `[${step}]` : String(step)).join("");
}

function article(type: string): string {
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}

/** What a value of the wrong type is, for a message that must not contain the value. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : article(typeof value);
}

function shown(value: unknown): string {
  if (typeof value === "object" || typeof value === "undefined") return kindOf(value);
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
