import type { z } from "zod";
import { TransactionError } from "../transaction/mod.ts";

/**
 * Validates and parses a request.
 *
 * @throws {TransactionError} `INVALID_REQUEST`: names every invalid field, the found value and the allowed values
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
      : `${field} must be ${article(issue.expected)}, found ${shown(issue.input)}`;
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

function shown(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
