/** The meter token under which the process itself reports. */
export const nodeToken = "_node";

/**
 * The subjects of one site: `<prefix>.<site>.<meter>.<suffix>`. The process itself takes the place of a meter as
 * {@linkcode nodeToken}, and `*` stands for all meters.
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

  /** Readings of a meter. */
  reading(meter: string): string {
    return this.of(meter, "reading");
  }

  /** Records of a meter. */
  record(meter: string): string {
    return this.of(meter, "ocmf");
  }

  /** The public key of a meter. */
  publicKey(meter: string): string {
    return this.of(meter, "public_key");
  }

  /** The status of a meter, or of the process. */
  status(meter: string): string {
    return this.of(meter, "status");
  }

  /** A fault of a meter, or of the process; `*` is every kind. */
  fault(meter: string, subType: string): string {
    return this.of(meter, `fault.${subType}`);
  }

  /** Where processes of the site ask each other who serves. */
  get instance(): string {
    return this.of(nodeToken, "instance.get");
  }

  /** A subject of a meter, or of the process: that of a request, mostly. */
  of(meter: string, suffix: string): string {
    return `${this.#root}.${meter}.${suffix}`;
  }
}
