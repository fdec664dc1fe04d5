import { useEffect, useLayoutEffect, useRef, useState } from "./html.ts";
import { type RowRange, visibleRows } from "./visible_rows.ts";

/**
 * The rows of a list that the window shows, while it scrolls.
 *
 * @param list the element that has the height of all rows
 */
export function useVisibleRows(
  list: { readonly current: HTMLElement | null },
  count: number,
  rowPx: number,
): RowRange {
  const [range, setRange] = useState<RowRange>({ first: 0, end: Math.min(count, 60) });
  const latest = useRef({ count, rowPx });
  latest.current = { count, rowPx };
  const update = useRef(() => {
    const { current } = list;
    if (current === null) return;
    const topPx = -current.getBoundingClientRect().top;
    const next = visibleRows({ ...latest.current, topPx, windowPx: innerHeight });
    setRange((shown) => shown.first === next.first && shown.end === next.end ? shown : next);
  });
  useLayoutEffect(update.current, [count, rowPx]);
  useEffect(() => {
    const call = update.current;
    addEventListener("scroll", call, { passive: true });
    addEventListener("resize", call);
    // Content above the list can move it
    const moved = new ResizeObserver(call);
    moved.observe(document.body);
    return () => {
      removeEventListener("scroll", call);
      removeEventListener("resize", call);
      moved.disconnect();
    };
  }, []);
  return { first: Math.min(range.first, count), end: Math.min(range.end, count) };
}

/** Whether a media query holds. */
export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const change = () => setMatches(media.matches);
    media.addEventListener("change", change);
    return () => media.removeEventListener("change", change);
  }, [query]);
  return matches;
}
