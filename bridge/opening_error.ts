import { errorText } from "../src/base/log.ts";
import { PortError, type PortErrorCode } from "./errors.ts";

/** Patterns in the messages of the native binding, with code, meaning and remedy. */
const meanings: readonly (readonly [RegExp, PortErrorCode, string])[] = [
  [/Requires .* access/, "permission_denied", "Deno's permissions do not allow it; run Deno with --allow-all"],
  [
    /No such file|No such device|ENOENT|ENXIO|ENODEV/i,
    "not_found",
    "there is no such device; check that the adapter is plugged in",
  ],
  [
    /Permission denied|EACCES|Operation not permitted|EPERM/i,
    "permission_denied",
    "permission denied; add the user to the group of the device, usually dialout, and log in again",
  ],
  [/resource busy|Cannot lock|temporarily unavailable|EBUSY/i, "busy", "another program uses it"],
  [/Inappropriate ioctl|ENOTTY/i, "unsupported", "it is not a serial port"],
  [/not supported|Invalid/i, "unsupported", "the device does not support these settings"],
  [/Input\/output error|EIO/i, "gone", "the device does not respond; unplug it and plug it in again"],
];

/** Translates an error of opening a device; the native binding reports only a text. */
export function openingError(path: string, cause: unknown): PortError {
  const text = errorText(cause);
  const known = meanings.find(([words]) => words.test(text));
  if (known === undefined) return new PortError("failed", `Cannot open ${path}: ${text}`, { cause });
  const [, code, meaning] = known;
  return new PortError(code, `Cannot open ${path}: ${meaning}`, { cause });
}

/**
 * Translates an error of loading a native library.
 *
 * @param missing the message if it is not Deno's permissions that are missing
 */
export function loadingError(cause: unknown, missing: string): PortError {
  return cause instanceof Deno.errors.NotCapable
    ? new PortError("permission_denied", "Deno's permissions do not allow serial ports; run Deno with --allow-all", {
      cause,
    })
    : new PortError("unsupported", missing, { cause });
}
