import * as z from "zod";
import { subjectToken } from "../base/subject_tokens.ts";

// The error message of each schema is the text after "allowed".

/** A whole number; `note` is only used in the message. */
export function wholeNumber(min: number, max: number, note = ""): z.ZodInt {
  const error = `a whole number from ${min} to ${max}${note}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** Exactly one of some values. */
export function oneOf<const T extends readonly (string | number)[]>(...values: T): z.ZodLiteral<T[number]> {
  return z.literal<T[number][]>([...values], { error: `one of ${values.join(", ")}` });
}

/** True or false. */
export function flag(): z.ZodBoolean {
  return z.boolean({ error: "true or false" });
}

/** A text of a form. */
export function form(pattern: RegExp, allowed: string): z.ZodString {
  return z.string({ error: allowed }).regex(pattern, { error: allowed });
}

/** A non-empty text. */
export function text(allowed: string): z.ZodString {
  return form(/\S/, allowed);
}

/** The path of a file or a device. */
export function path(): z.ZodString {
  return form(/^[^\0]*[^\0\s][^\0]*$/, "a path");
}

/** One token of a subject. */
export function token(): z.ZodString {
  return form(subjectToken.pattern, subjectToken.allowed);
}

/** A mapping with these keys and no others. */
export function section<T extends z.ZodRawShape>(shape: T): z.ZodObject<T, z.core.$strict> {
  return z.strictObject(shape, { error: `a mapping with keys of ${Object.keys(shape).join(", ")}` });
}
