/** The meter token under which the process itself reports. */
export const nodeToken = "_node";

/** The subjects of one site: `<prefix>.<site>.<meter>.<suffix>`. */
export class Subjects {
  /** Tokens joined by dots. */
  readonly prefix: string;
  /** One token. */
  readonly site: string;
  readonly #root: string;

  /**
   * @param prefix tokens joined by dots
   * @param site one token
   */
  constructor(prefix: string, site: string) {
    this.prefix = prefix;
    this.site = site;
    this.#root = `${prefix}.${site}`;
  }

  /** Subject of a meter; `*` as the meter is every meter of the site. */
  of(meter: string, suffix: string): string {
    return `${this.#root}.${meter}.${suffix}`;
  }
}
