import { type ComponentChildren, html, useEffect, useLayoutEffect, useRef, useState, type VNode } from "./html.ts";
import { type RowRange, visibleRows } from "./visible_rows.ts";

/** A column of a table. */
export interface Column<Row> {
  /** The class of its cells is `column-NAME`. */
  readonly name: string;
  readonly title: string;
  /** Numbers are aligned at the right. @default false */
  readonly isNumber?: boolean;
  /** Undefined: the table cannot be sorted by it. */
  readonly sort?: {
    readonly isActive: boolean;
    readonly direction: "ascending" | "descending";
    readonly apply: () => void;
  };
  readonly cell: (row: Row) => ComponentChildren;
}

/** A table of rows with equal height, of which only the visible part is in the document. */
export interface VirtualTableProps<Row> {
  /** Name for screen readers. */
  readonly label: string;
  /** Class of the table; its style sets `grid-template-columns` of `.row`. */
  readonly class: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Class of a row. */
  readonly rowClass?: (row: Row) => string;
  /** Height of a row in rem, in a wide window and in a narrow one. */
  readonly rowRem: { readonly wide: number; readonly narrow: number };
}

/** A window below this width shows a row in several lines. The style sheets have the same limit. */
const narrowWindow = "(max-width: 48rem)";

/** See {@linkcode VirtualTableProps}. It scrolls with the window. */
export function VirtualTable<Row>(props: VirtualTableProps<Row>): VNode {
  const { columns, rows, rowKey, rowClass } = props;
  const body = useRef<HTMLDivElement>(null);
  const isNarrow = useMedia(narrowWindow);
  const rowPx = (isNarrow ? props.rowRem.narrow : props.rowRem.wide) * rootFontPx();
  const { first, end } = useVisibleRows(body, rows.length, rowPx);
  return html`
    <div class="table ${props.class}" role="table" aria-label=${props.label} aria-rowcount=${rows.length + 1}>
      <div class="table-head" role="rowgroup">
        <div class="row" role="row" aria-rowindex="1">${columns.map((column) =>
          html`<${HeadCell} key=${column.name} column=${column} />`
        )}</div>
      </div>
      <div class="table-body" role="rowgroup" ref=${body} style=${{ height: `${rows.length * rowPx}px` }}>${rows.slice(
        first,
        end,
      ).map((row, index) =>
        html`
          <div key=${rowKey(row)} class="row ${rowClass?.(row) ?? ""}" role="row" aria-rowindex=${first + index + 2}
            style=${{ height: `${rowPx}px`, transform: `translateY(${(first + index) * rowPx}px)` }}>${columns.map((
              column,
            ) =>
              html`<div key=${column.name} role="cell" class=${cellClass(column)} data-title=${column.title}>${
                column.cell(row)
              }</div>`
            )}</div>
        `
      )}</div>
    </div>
  `;
}

function HeadCell<Row>({ column }: { readonly column: Column<Row> }): VNode {
  const { sort, title } = column;
  return html`
    <div role="columnheader" class=${cellClass(column)}
      aria-sort=${sort === undefined ? undefined : sort.isActive ? sort.direction : "none"}>${sort === undefined
        ? title
        : html`<button type="button" class="sort" onClick=${sort.apply}>${title}</button>`}</div>
  `;
}

function cellClass<Row>({ name, isNumber }: Column<Row>): string {
  return `cell column-${name}${isNumber === true ? " number" : ""}`;
}

function useVisibleRows(body: { readonly current: HTMLElement | null }, count: number, rowPx: number): RowRange {
  const [range, setRange] = useState<RowRange>({ first: 0, end: Math.min(count, 60) });
  const latest = useRef({ count, rowPx });
  latest.current = { count, rowPx };
  const update = useRef(() => {
    const { current } = body;
    if (current === null) return;
    const topPx = -current.getBoundingClientRect().top;
    const next = visibleRows({ ...latest.current, topPx, windowPx: globalThis.innerHeight });
    setRange((shown) => shown.first === next.first && shown.end === next.end ? shown : next);
  });
  // Content above the table may have changed its place
  useLayoutEffect(update.current);
  useEffect(() => {
    const call = update.current;
    globalThis.addEventListener("scroll", call, { passive: true });
    globalThis.addEventListener("resize", call);
    return () => {
      globalThis.removeEventListener("scroll", call);
      globalThis.removeEventListener("resize", call);
    };
  }, []);
  return { first: Math.min(range.first, count), end: Math.min(range.end, count) };
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const change = () => setMatches(media.matches);
    media.addEventListener("change", change);
    return () => media.removeEventListener("change", change);
  }, [query]);
  return matches;
}

function rootFontPx(): number {
  return parseFloat(getComputedStyle(document.documentElement).fontSize);
}
