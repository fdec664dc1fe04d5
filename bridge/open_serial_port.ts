import { openDenoPort } from "./deno_binding.ts";
import type { DenoPort } from "./deno_port.ts";
import { restingRts, type RtsSettings } from "./rts.ts";
import type { SerialPoll } from "./serial_poll.ts";
import type { WireSettings } from "./wire.ts";

/** A serial port and its settings; the number of data bits is always eight. */
export interface SerialSettings extends WireSettings, RtsSettings {
  /** The device file: `/dev/ttyUSB0`. */
  readonly path: string;
  readonly rtscts: boolean;
}

/**
 * Opens a serial port with these settings.
 *
 * @param poll waits for all serial ports
 * @throws {PortError} see {@linkcode openDenoPort}
 */
export async function openSerialPort(settings: SerialSettings, poll: SerialPoll): Promise<DenoPort> {
  const { path, baudrate, parity, stopBits, rtscts } = settings;
  const port = await openDenoPort({ path, baudRate: baudrate, parity, stopBits, rtscts }, poll);
  // Without this setting, USB adapters delay bytes by up to 16 ms; many devices do not support it
  await port.set({ dtr: true, rts: restingRts(settings), lowLatency: true }).catch(() => {});
  try {
    port.setRts(settings);
    return port;
  } catch (error) {
    await port.close();
    throw error;
  }
}
