/** Recognises a restart of EVerest from its heartbeat: each number is that of the last heartbeat plus one. */
export class Heartbeat {
  #last: number | undefined;

  /**
   * Takes the number of a heartbeat.
   *
   * @returns whether it does not follow the last one: EVerest has restarted, this is the first one, or some are lost
   */
  isBegin(id: number): boolean {
    const follows = this.#last !== undefined && id === this.#last + 1;
    this.#last = id;
    return !follows;
  }
}
