/** A configuration is refused because it changes keys that need a restart. */
export class RestartRequired extends Error {
  /** Identifies this class of errors. */
  override readonly name = "RestartRequired";

  /**
   * Creates an error.
   *
   * @param keys paths of the keys: `nats.servers`
   */
  constructor(readonly keys: readonly string[]) {
    super(
      `A change of ${keys.join(", ")} needs a restart of the service; no part of the new configuration is in force`,
    );
  }
}
