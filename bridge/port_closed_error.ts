/** A read or a write that was under way when its port was closed from this side. */
export class PortClosedError extends Error {
  override readonly name = "PortClosedError";
  /** serialport tells a wanted end from a lost device by this. */
  readonly canceled = true;
  constructor() {
    super("The port was closed");
  }
}
