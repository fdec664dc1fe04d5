const collator = new Intl.Collator("en", { numeric: true });

/** Compares names as people order them: numbers in them by value, so `evse-2` comes before `evse-10`. */
export function compareNames(one: string, other: string): number {
  const order = collator.compare(one, other);
  if (order !== 0 || one === other) return order;
  return one < other ? -1 : 1;
}
