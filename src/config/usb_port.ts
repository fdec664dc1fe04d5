/**
 * A USB adapter delivers bytes after 62 bytes, or when its latency timer ends (default: 16 ms). So an answer can seem
 * to pause for this time.
 */
export const usbLatencyMs = 16;

/** Whether the name of a device belongs to a USB adapter: `ttyUSB0`, `ttyACM0`, `/dev/serial/by-id/usb-...`. */
export function isUsbPort(path: unknown): boolean {
  return typeof path === "string" && /usb|ttyACM/i.test(path);
}
