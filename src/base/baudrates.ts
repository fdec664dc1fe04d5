/** The supported baud rates of a line. */
export const baudrates = [
  300,
  600,
  1200,
  2400,
  4800,
  9600,
  19200,
  38400,
  57600,
  115200,
  230400,
  460800,
  921600,
] as const;
