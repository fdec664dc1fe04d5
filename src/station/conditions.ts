/** Which step must come after, or together with, which other step. */
export class Conditions {
  readonly #followers = new Map<string, Set<string>>();

  /** `step` can be taken only if `first` can be taken too. */
  add(first: string, step: string): void {
    const known = this.#followers.get(first);
    if (known === undefined) this.#followers.set(first, new Set([step]));
    else known.add(step);
  }

  /**
   * All steps that cannot be taken, each with the reasons.
   *
   * @param roots steps that cannot be taken by themselves, each with its reason
   */
  blockedBy(roots: readonly (readonly [step: string, reason: string])[]): Map<string, Set<string>> {
    const blocked = new Map<string, Set<string>>();
    for (const [root, reason] of roots) {
      const open = [root];
      for (let step = open.pop(); step !== undefined; step = open.pop()) {
        const reasons = blocked.get(step) ?? new Set();
        if (reasons.has(reason)) continue;
        blocked.set(step, reasons.add(reason));
        open.push(...this.#followers.get(step) ?? []);
      }
    }
    return blocked;
  }
}
