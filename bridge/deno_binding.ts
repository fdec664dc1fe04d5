import type { BindingInterface, OpenOptions, PortInfo } from "@serialport/bindings-interface";
import { DenoPort, type NativePort } from "./deno_port.ts";
import { PortError } from "./errors.ts";
import { cString, flags, type Libc, openLibc } from "./libc.ts";
import { loadingError, openingError } from "./opening_error.ts";
import { SerialPoll } from "./serial_poll.ts";

const defaults = {
  dataBits: 8,
  lock: true,
  stopBits: 1,
  parity: "none",
  rtscts: false,
  xon: false,
  xoff: false,
  xany: false,
  hupcl: true,
} as const;

/** Names of serial device files, as in the list of serialport. */
const portName = /^(tty(S|WCH\w*|USB|ACM|AMA|MFD|O|XRUSB)|rfcomm)\d+$/;

/**
 * Serial ports for serialport and modbus-serial under Deno: pass it as their `binding` option. Needs `--allow-all`.
 *
 * Takes an advisory lock (unless `lock: false`) before it changes any settings of a port, so that two processes never
 * share a port.
 */
export const denoBinding: BindingInterface<DenoPort> = {
  /** The serial ports of this machine; without `udevadm`, only their paths. */
  async list() {
    try {
      const { SerialPort } = await loadSerialport();
      return await SerialPort.list();
    } catch {
      return await listDeviceFiles();
    }
  },

  /**
   * Opens a serial port.
   *
   * @throws {PortError} not_found, permission_denied, busy, unsupported, failed
   */
  open: (options) => openDenoPort(options, new SerialPoll()),
};

/**
 * Opens a serial port as {@linkcode denoBinding} does.
 *
 * @param poll waits for this port and others
 */
export async function openDenoPort(options: OpenOptions, poll: SerialPoll): Promise<DenoPort> {
  const settings: Required<OpenOptions> = { ...defaults, ...options };
  const libc = openLibc();
  try {
    return await openPort(libc, settings, poll);
  } catch (error) {
    libc.close();
    throw error;
  }
}

async function openPort(libc: Libc, settings: Required<OpenOptions>, poll: SerialPoll): Promise<DenoPort> {
  const { path } = settings;
  const fd = libc.symbols.open(cString(path), flags.openTerminal);
  try {
    if (fd >= 0 && settings.lock && libc.symbols.flock(fd, flags.lockAtOnce) !== 0) {
      throw new PortError("busy", `Cannot open ${path}: another program uses it (find it with: fuser ${path})`);
    }
    // If the open above failed, this one also fails and reports the reason, unless the device has just appeared
    const native = await openNative(settings);
    if (fd < 0) {
      await native.close();
      throw new PortError("not_found", `Cannot open ${path}: the device has just appeared; try again`);
    }
    try {
      return new DenoPort(libc, fd, native, settings, poll);
    } catch (cause) {
      await native.close();
      throw openingError(path, cause);
    }
  } catch (error) {
    if (fd >= 0) {
      libc.symbols.flock(fd, flags.unlock);
      libc.symbols.close(fd);
    }
    throw error;
  }
}

async function openNative(settings: Required<OpenOptions>): Promise<NativePort> {
  const { SerialPort } = await loadSerialport();
  const { parity } = settings;
  if (parity !== "none" && parity !== "odd" && parity !== "even") {
    throw new RangeError(`Cannot open ${settings.path}: invalid parity "${parity}"; use none, odd or even`);
  }
  try {
    return await SerialPort.binding.open({ ...settings, parity, lock: false, vmin: 1, vtime: 0 });
  } catch (cause) {
    throw openingError(settings.path, cause);
  }
}

/** Loaded with the first port: a service without device access does not need it. */
async function loadSerialport(): Promise<typeof import("serialport")> {
  try {
    return await import("serialport");
  } catch (cause) {
    throw loadingError(cause, "Cannot load serialport and its native binding on this system");
  }
}

async function listDeviceFiles(): Promise<PortInfo[]> {
  const names = await Array.fromAsync(Deno.readDir("/dev"), ({ name }) => name).catch((cause) => {
    throw new PortError("permission_denied", "Cannot list serial ports; run Deno with --allow-all", { cause });
  });
  return names.filter((name) => portName.test(name)).sort().map((name) => ({
    path: `/dev/${name}`,
    manufacturer: undefined,
    serialNumber: undefined,
    pnpId: undefined,
    locationId: undefined,
    productId: undefined,
    vendorId: undefined,
  }));
}
