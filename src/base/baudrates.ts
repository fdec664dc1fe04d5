/** The rates at which a line can run, bits a second. */
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
