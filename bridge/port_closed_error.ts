/** The port was closed by this process during a read or a write. */
export class PortClosedError extends Error {
  override readonly name = "PortClosedError";
  /** serialport uses this to distinguish an intended close from a lost device. */
  readonly canceled = true;
  constructor() {
    super("The port was closed");
  }
}
