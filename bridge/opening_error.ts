import { errorText } from "../src/base/log.ts";
import { PortError, type PortErrorCode } from "./errors.ts";

/** The system's words in the native binding's message, what they mean and what to do about it. */
const meanings: readonly (readonly [RegExp, PortErrorCode, string])[] = [
  [/Requires .* access/, "permission_denied", "Deno's permissions refuse it; run Deno with --allow-all"],
  [
    /No such file|No such device|ENOENT|ENXIO|ENODEV/i,
    "not_found",
    "there is no such device; is the adapter plugged in?",
  ],
  [
    /Permission denied|EACCES|Operation not permitted|EPERM/i,
    "permission_denied",
    "the system refuses it; add the user to the group of the device, dialout as a rule, and log in again",
  ],
  [/resource busy|Cannot lock|temporarily unavailable|EBUSY/i, "busy", "another program uses it"],
  [/Inappropriate ioctl|ENOTTY/i, "unsupported", "it is not a serial port"],
  [/not supported|Invalid/i, "unsupported", "the device does not take these settings"],
  [/Input\/output error|EIO/i, "gone", "the device does not respond; unplug it and plug it in again"],
];

/** What went wrong when a device was opened: the native binding tells it as text only. */
export function openingError(path: string, cause: unknown): PortError {
  const text = errorText(cause);
  const known = meanings.find(([words]) => words.test(text));
  if (known === undefined) return new PortError("failed", `Cannot open ${path}: ${text}`, { cause });
  const [, code, meaning] = known;
  return new PortError(code, `Cannot open ${path}: ${meaning}`, { cause });
}
