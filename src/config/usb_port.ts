/**
 * USB adapters pass bytes on when 62 of them are there, or when their latency timer ends: 16 ms by default. So long may
 * an answer seem to pause.
 */
export const shortestUsbSilenceMs = 16;

/** Whether a device's name says that it is a USB adapter: `ttyUSB0`, `ttyACM0`, `/dev/serial/by-id/usb-...`. */
export function isUsbPort(path: unknown): boolean {
  return typeof path === "string" && /usb|ttyACM/i.test(path);
}
