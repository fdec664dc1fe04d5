/** A part of a list: from the first row to the one before `end`. */
export interface RowRange {
  readonly first: number;
  readonly end: number;
}

/** Rows that are rendered above and below the visible ones, so that a scroll shows rows at once. */
const overscan = 12;
/** The range changes in steps, so that few scroll events render anything. */
const step = 6;

/**
 * The rows to render.
 *
 * @param topPx distance from the begin of the list to the top of the window; negative: the list begins below it
 */
export function visibleRows(
  { count, rowPx, topPx, windowPx }: {
    readonly count: number;
    readonly rowPx: number;
    readonly topPx: number;
    readonly windowPx: number;
  },
): RowRange {
  const first = Math.floor((Math.floor(topPx / rowPx) - overscan) / step) * step;
  const end = Math.ceil((Math.ceil((topPx + windowPx) / rowPx) + overscan) / step) * step;
  const clamp = (row: number) => Math.min(count, Math.max(0, row));
  return { first: clamp(first), end: clamp(end) };
}
