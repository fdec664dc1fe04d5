import { PortError } from "./errors.ts";
import { cString, flags, type Libc, openLibc } from "./libc.ts";
import { TerminalReader } from "./terminal_reader.ts";
import { TerminalWriter } from "./terminal_writer.ts";

/**
 * The near end of a pseudo-terminal; the far end is a device file that behaves like a serial port without a wire.
 * Raw in both directions: no echo and no translation of line ends.
 */
export interface PseudoTerminal extends AsyncDisposable {
  /** Path of the far end: `/dev/pts/7`. It can be opened, closed and opened again. */
  readonly path: string;
  /**
   * Resolves with the number of bytes read, at least 1. One read at a time.
   *
   * @throws {PortClosedError} the pair was closed
   */
  read(target: Uint8Array): Promise<number>;
  /**
   * Resolves when the system has accepted all bytes; waits while the buffer of the far end is full.
   *
   * @throws {PortClosedError} the pair was closed
   */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Closes both ends: for a reader of the far end it looks as if the adapter was unplugged, and the path disappears.
   */
  close(): Promise<void>;
}

/**
 * Creates a pseudo-terminal pair.
 *
 * @throws {PortError} permission_denied, unsupported, or failed: the system has no more pairs
 */
export function openPseudoTerminal(): PseudoTerminal {
  const libc = openLibc();
  const master = libc.symbols.posix_openpt(flags.openTerminal);
  const path = master < 0 ? undefined : unlockedPath(libc, master);
  // Without an open far end, every read of the near end fails; this descriptor keeps it open between two clients
  const farEnd = path === undefined ? -1 : libc.symbols.open(cString(path), flags.openTerminal);
  if (path === undefined || farEnd < 0) {
    if (master >= 0) libc.symbols.close(master);
    libc.close();
    throw new PortError("failed", "Cannot open a pseudo-terminal: none is left (see /proc/sys/kernel/pty)");
  }
  setRaw(libc, farEnd);
  return pair(libc, master, farEnd, path);
}

function pair(libc: Libc, master: number, farEnd: number, path: string): PseudoTerminal {
  const reader = new TerminalReader(master, path);
  // The reader closes the descriptor
  const ended = () => reader.ended;
  const writer = new TerminalWriter(libc, master, { ended, closed: ended });
  const writes = new Set<Promise<void>>();
  let closed: Promise<void> | undefined;
  const hangUp = async () => {
    const released = reader.close();
    libc.symbols.close(farEnd);
    await released;
    await Promise.allSettled(writes);
    libc.close();
  };
  const close = () => closed ??= hangUp();
  return {
    path,
    read: (target) => reader.read(target),
    async write(bytes) {
      const write = writer.write(bytes);
      if (write === undefined) return;
      writes.add(write);
      await write.finally(() => writes.delete(write));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function unlockedPath(libc: Libc, master: number): string | undefined {
  const name = new Uint8Array(64);
  const { grantpt, unlockpt, ptsname_r: ptsname } = libc.symbols;
  if (grantpt(master) !== 0 || unlockpt(master) !== 0 || ptsname(master, name, BigInt(name.length)) !== 0) {
    return undefined;
  }
  return new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
}

function setRaw(libc: Libc, fd: number): void {
  const settings = new Uint8Array(flags.termiosBytes);
  libc.symbols.tcgetattr(fd, settings);
  libc.symbols.cfmakeraw(settings);
  libc.symbols.tcsetattr(fd, flags.setAtOnce, settings);
}
