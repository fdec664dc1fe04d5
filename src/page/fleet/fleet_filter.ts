/** Which meters the table shows. */
export const shownKinds = ["all", "problems", "charging", "unreachable"] as const;

/** One of {@linkcode shownKinds}. */
export type ShownKind = typeof shownKinds[number];

/** The orders of the table; `problems`: meters with problems first. */
export const sortKeys = ["problems", "name", "power", "energy", "age"] as const;

/** One of {@linkcode sortKeys}. */
export type SortKey = typeof sortKeys[number];

/** What the fleet page shows, as its address describes it. */
export interface FleetFilter {
  readonly view: "meters" | "nodes";
  readonly show: ShownKind;
  /** Text that a row must contain, as a person typed it. */
  readonly typed: string;
  /** The same for comparisons: in lower case, without spaces around it. */
  readonly text: string;
  /** Only this site. */
  readonly site: string | undefined;
  /** Only meters whose service has this version. */
  readonly version: string | undefined;
  readonly sort: SortKey;
}

/** The filter of an address; unknown values count as absent. */
export function filterOf(query: URLSearchParams): FleetFilter {
  const show = query.get("show");
  const sort = query.get("sort");
  const typed = query.get("q") ?? "";
  return {
    view: query.get("view") === "nodes" ? "nodes" : "meters",
    show: shownKinds.find((kind) => kind === show) ?? "all",
    typed,
    text: typed.trim().toLowerCase(),
    site: query.get("site") ?? undefined,
    version: query.get("version") ?? undefined,
    sort: sortKeys.find((key) => key === sort) ?? "problems",
  };
}
