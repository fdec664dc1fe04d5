import { errorText } from "../base/log.ts";

const functions = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** AF_UNIX. */
const unixFamily = 1;
/** SOCK_DGRAM, SOCK_CLOEXEC and SOCK_NONBLOCK: a full queue of the service manager must not stop the main thread. */
const datagramSocket = 2 | 0o2000000 | 0o4000;
/** MSG_NOSIGNAL. */
const withoutSignal = 0x4000;
/** Most bytes of a path in `sockaddr_un`, with the final zero byte. */
const maxPathBytes = 108;

/** Sends datagrams to the service manager. */
export interface NotifySocket extends Disposable {
  /** Sends one datagram, without waiting. @returns whether it was accepted */
  send(text: string): boolean;
}

/**
 * Opens the socket of the service manager. It needs no other process, only `--allow-ffi`: Deno's own datagram
 * sockets are unstable.
 *
 * @param address NOTIFY_SOCKET: a path, or `@` and the name of an abstract socket
 * @throws {TypeError} the address is of another kind, or the system has no such sockets
 */
export function openNotifySocket(address: string): NotifySocket {
  const target = socketAddress(address);
  const libc = openLibc();
  const { symbols } = libc;
  const socket = symbols.socket(unixFamily, datagramSocket, 0);
  if (socket < 0) {
    libc.close();
    throw new TypeError("Cannot notify the service manager: the system has no Unix sockets");
  }
  return {
    send(text) {
      const bytes = new TextEncoder().encode(text);
      return symbols.sendto(socket, bytes, BigInt(bytes.length), withoutSignal, target, target.length) === bytes.length;
    },
    [Symbol.dispose]() {
      symbols.close(socket);
      libc.close();
    },
  };
}

/** The address as `sockaddr_un`. */
function socketAddress(address: string): Uint8Array<ArrayBuffer> {
  const path = new TextEncoder().encode(address);
  const isAbstract = address.startsWith("@");
  const bytes = isAbstract ? path.length : path.length + 1;
  if (!isAbstract && !address.startsWith("/") || path.length < 2 || bytes > maxPathBytes) {
    throw new TypeError(
      `Cannot notify the service manager at NOTIFY_SOCKET=${address}: allowed are a path and @NAME, with at most ` +
        `${maxPathBytes - 1} bytes`,
    );
  }
  const target = new Uint8Array(2 + bytes);
  new DataView(target.buffer).setUint16(0, unixFamily, true);
  target.set(path, 2);
  // An abstract name begins with a zero byte and has no other end than the length
  if (isAbstract) target[2] = 0;
  return target;
}

function openLibc(): Deno.DynamicLibrary<typeof functions> {
  try {
    return Deno.dlopen("libc.so.6", functions);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotCapable
      ? "Deno's permissions do not allow it; add --allow-ffi, or use Type=exec without WatchdogSec in the unit"
      : errorText(cause);
    throw new TypeError(`Cannot notify the service manager: ${why}`, { cause });
  }
}
