import type { FakeBus } from "./fake_bus.ts";

/** Point of a 256-bit key, then the unused byte. */
export const point256 = `04${"A1".repeat(32)}${"B2".repeat(32)}FF`;
/** 92 bytes instead of the DER structure. */
export const der256 = `305A${"C3".repeat(90)}`;

/** The words of consecutive bytes: `"0102 0304"` for `"01020304"`. */
export function words(hex: string): string {
  return hex.replaceAll(/(.{4})(?=.)/g, "$1 ");
}

/** The registers of an idle EM580 with a 256-bit key, from its documents. */
export function setEm580(bus: FakeBus): void {
  bus.setAlone(0x000b, "0244"); // 580
  bus.set(0x0302, "1603 2011");
  bus.set(0x5000, "3031 3233 3435 3637 3839 4142 4300"); // "0123456789ABC"
  bus.set(0x5007, "07E8"); // 2024
  bus.set(0x5012, "0000");
  bus.set(0x24ff, "0000");
  bus.set(0x2500, words(point256));
  bus.set(0x2600, words(der256));
  bus.set(0x7031, "0000 0000 0000 0000 0000");
  bus.set(0x7040, "0000");
  bus.set(0x7100, "0000 0000");
  bus.set(0x6900, "0000 ".repeat(126));
  bus.set(0x7000, "0000 ".repeat(0x37));
  setLive(bus);
  bus.set(0x0500, "0000 ".repeat(32));
  bus.set(0x0500, "F200 2A05 0001 0000"); // 5 000 000 000 Wh
  bus.set(0x051c, "3039 0000 0000 0000"); // 12 345 Wh
  bus.set(0x0307, "FF85"); // -12.3 degC
  bus.set(0x0800, words("D1".repeat(122) + "E2".repeat(64)));
}

/** The registers of an EM340 with fine energies and without a year. */
export function setEm340(bus: FakeBus): void {
  bus.setAlone(0x0302, "0001").setAlone(0x0303, "0004"); // B4
  bus.set(0x1002, "0000").set(0x1103, "0001 0000 0000"); // three phases, mode B, connection right
  bus.set(0x5000, "0042 0041 0031 0032 0033 0034 0035"); // "BA12345"
  setLive(bus);
  bus.setAlone(0x000b, "0155"); // 341
  bus.set(0x0400, "4240 000F 03E7 0000 0000 0000 0000 0000 0007 0000 0008 0000"); // 1 000 000 kWh 999 Wh; 7 kWh 8 Wh
}

/** Live values with every kind of sign. */
export function setLive(bus: FakeBus): void {
  bus.set(0x0000, "08FD 0000 0902 0000 0907 0000"); // 230.1, 230.6, 231.1 V
  bus.set(0x0006, "0F95 0000 0F9A 0000 0F9F 0000");
  bus.set(0x000c, "3E81 0000 C17F FFFF 0001 0000"); // 16.001, -16.001, 0.001 A
  bus.set(0x0012, "8FC5 0000 703B FFFF 0000 0000"); // 3680.5, -3680.5, 0 W
  bus.set(0x0018, "0000 0000 0000 0000 0000 0000");
  bus.set(0x001e, "FFFF FFFF 000A 0000 86A0 0001"); // -0.1, 1, 10000 var
  bus.set(0x0024, "0000 0000 0000 0000");
  bus.set(0x0028, "FFF6 FFFF"); // -1 W
  bus.set(0x002a, "0000 0000");
  bus.set(0x002c, "000B 0001"); // 6554.7 var
  bus.set(0x002e, "0000 0000 0000 0000");
  bus.set(0x0032, "FFFF 01F4"); // L1-L3-L2, 50.0 Hz
}

/** The registers of an EM24 on RS-485 that are read. */
export function setEm24(bus: FakeBus): void {
  bus.setAlone(0x000b, "0047"); // 71
  bus.setAlone(0x0302, "000C").setAlone(0x0303, "0004");
  bus.set(0x1300, "4258 3138 3630 3036 3230 3031 3500"); // "BX18600620015"
  bus.set(0x1101, "0007 0000"); // application H, three phases
  bus.set(0x0000, "093F 0000 093A 0000 095B 0000"); // 236.7, 236.2, 239.5 V
  bus.set(0x000c, "0C9B 0000 0537 0000 0000 0000"); // 3.227, 1.335, 0 A, without signs
  bus.set(0x0012, "1D30 0000 F448 FFFF 0000 0000"); // 747.2, -300, 0 W
  bus.set(0x0018, "0000 ".repeat(16));
  bus.set(0x0028, "1178 0000 0000 0000 0000 0000"); // 447.2 W
  bus.set(0x0036, "0000 01F4"); // right, 50.0 Hz
  bus.set(0x003e, "7D53 0004").set(0x005c, "0011 0000"); // 29 422.7 and 1.7 kWh
}
