import { loadingError } from "./opening_error.ts";

/** Results that count bytes are far below 2^31; an `isize` would be a bigint each time. */
const functions = {
  posix_openpt: { parameters: ["i32"], result: "i32" },
  grantpt: { parameters: ["i32"], result: "i32" },
  unlockpt: { parameters: ["i32"], result: "i32" },
  ptsname_r: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  closeSlowly: { name: "close", parameters: ["i32"], result: "i32", nonblocking: true },
  flock: { parameters: ["i32", "i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32", nonblocking: true },
  pollNow: { name: "poll", parameters: ["buffer", "usize", "i32"], result: "i32" },
  sched_yield: { parameters: [], result: "i32" },
  tcflush: { parameters: ["i32", "i32"], result: "i32" },
  tcgetattr: { parameters: ["i32", "buffer"], result: "i32" },
  tcsetattr: { parameters: ["i32", "i32", "buffer"], result: "i32" },
  cfmakeraw: { parameters: ["buffer"], result: "void" },
  ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
  prctl: { parameters: ["i32", "usize", "usize", "usize", "usize"], result: "i32" },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  usleep: { parameters: ["u32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** System calls that Deno does not provide. */
export type Libc = Deno.DynamicLibrary<typeof functions>;

/** Flags and commands of the system calls, the same on Linux x86-64 and arm64. */
export const flags = {
  /** O_RDWR, O_NOCTTY, O_NONBLOCK (does not wait for a carrier) and O_CLOEXEC. */
  openTerminal: 0o2 | 0o400 | 0o4000 | 0o2000000,
  /** EFD_NONBLOCK and EFD_CLOEXEC. */
  eventOnce: 0o4000 | 0o2000000,
  /** PR_SET_TIMERSLACK. */
  setTimerSlack: 29,
  /** LOCK_EX and LOCK_NB. */
  lockAtOnce: 2 | 4,
  /** LOCK_UN. */
  unlock: 8,
  /** TCIFLUSH. */
  dropInput: 0,
  /** TCOFLUSH. */
  dropOutput: 1,
  /** POLLIN. */
  pollIn: 1,
  /** POLLERR, POLLHUP and POLLNVAL. */
  pollEnd: 0x08 | 0x10 | 0x20,
  /** TCSANOW. */
  setAtOnce: 0,
  /** More bytes than `struct termios` needs. */
  termiosBytes: 128,
} as const;

/**
 * Opens the C library. The caller closes it.
 *
 * @throws {PortError} permission_denied without `--allow-all`, unsupported without glibc
 */
export function openLibc(): Libc {
  try {
    return Deno.dlopen("libc.so.6", functions);
  } catch (cause) {
    throw loadingError(cause, "Serial ports need Linux with glibc: libc.so.6 is missing");
  }
}

/** A path as a C string. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
