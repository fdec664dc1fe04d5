/** Whether `wide` matches every subject that `narrow` matches. Both may have the wildcards `*` and `>`. */
export function covers(wide: string, narrow: string): boolean {
  const narrowTokens = narrow.split(".");
  for (const [place, token] of wide.split(".").entries()) {
    const other = narrowTokens[place];
    if (other === undefined) return false;
    if (token === ">") return true;
    if (other === ">" || (token !== "*" && token !== other)) return false;
  }
  return wide.split(".").length === narrowTokens.length;
}

/** The subjects in `needed` that none of `subjects` covers. */
export function uncovered(subjects: readonly string[], needed: readonly string[]): string[] {
  return needed.filter((subject) => !subjects.some((wide) => covers(wide, subject)));
}
