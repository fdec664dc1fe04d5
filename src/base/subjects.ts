/** The token of the process in place of that of a meter. */
export const nodeToken = "_node";

/**
 * The subjects of one site: `<prefix>.<site>.<meter>.<suffix>`. The meter is {@linkcode nodeToken} for the
 * process, and `*` for all meters.
 */
export class Subjects {
  /** Tokens joined by dots. */
  readonly prefix: string;
  /** One token; `*` is every site. */
  readonly site: string;
  readonly #root: string;

  /**
   * @param prefix tokens joined by dots
   * @param site one token; `*` is every site
   */
  constructor(prefix: string, site: string) {
    this.prefix = prefix;
    this.site = site;
    this.#root = `${prefix}.${site}`;
  }

  /** Subject of the readings of a meter. */
  reading(meter: string): string {
    return this.of(meter, "reading");
  }

  /** Subject of the intervals of a meter. */
  interval(meter: string): string {
    return this.of(meter, "interval");
  }

  /** Subject of the records of a meter. */
  record(meter: string): string {
    return this.of(meter, "ocmf");
  }

  /** Subject of the public key of a meter. */
  publicKey(meter: string): string {
    return this.of(meter, "public_key");
  }

  /** Subject of the status of a meter or of the process. */
  status(meter: string): string {
    return this.of(meter, "status");
  }

  /** Subject of a fault of a meter or of the process; `*` is every kind. */
  fault(meter: string, subType: string): string {
    return this.of(meter, `fault.${subType}`);
  }

  /** Subject of the requests between the processes of the site. */
  get instance(): string {
    return this.of(nodeToken, "instance.get");
  }

  /** Any subject of a meter or of the process. */
  of(meter: string, suffix: string): string {
    return `${this.#root}.${meter}.${suffix}`;
  }
}
