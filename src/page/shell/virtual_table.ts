import { type ComponentChildren, html, useMemo, useRef, type VNode } from "./html.ts";
import { useMedia, useVisibleRows } from "./use_visible_rows.ts";

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
  /** While they are the same array, the cells of a row that has not changed are not rendered again. */
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
  const { columns, rows, rowRem } = props;
  const body = useRef<HTMLDivElement>(null);
  const isNarrow = useMedia(narrowWindow);
  const rowPx = useMemo(() => (isNarrow ? rowRem.narrow : rowRem.wide) * rootFontPx(), [
    isNarrow,
    rowRem.narrow,
    rowRem.wide,
  ]);
  const { first, end } = useVisibleRows(body, rows.length, rowPx);
  const rendered = useRef<RenderedRows<Row>>({ columns, rowPx, rows: new Map() });
  rendered.current = renderRows(rendered.current, props, { first, end, rowPx });
  return html`
    <div class="table ${props.class}" role="table" aria-label=${props.label} aria-rowcount=${rows.length + 1}>
      <div class="table-head" role="rowgroup">
        <div class="row" role="row" aria-rowindex="1">${columns.map((column) =>
          html`<${HeadCell} key=${column.name} column=${column} />`
        )}</div>
      </div>
      <div class="table-body" role="rowgroup" ref=${body} style=${{ height: `${rows.length * rowPx}px` }}>${[
        ...rendered.current.rows.values(),
      ].map(({ node }) => node)}</div>
    </div>
  `;
}

/** The rows in the document, by their keys. Preact skips a node that is the same object as before. */
interface RenderedRows<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rowPx: number;
  readonly rows: ReadonlyMap<string, { readonly row: Row; readonly place: number; readonly node: VNode }>;
}

interface RowPlaces {
  readonly first: number;
  readonly end: number;
  readonly rowPx: number;
}

function renderRows<Row>(
  before: RenderedRows<Row>,
  { columns, rows, rowKey, rowClass }: VirtualTableProps<Row>,
  { first, end, rowPx }: RowPlaces,
): RenderedRows<Row> {
  const isSameTable = before.columns === columns && before.rowPx === rowPx;
  const entries = rows.slice(first, end).map((row, index) => {
    const place = first + index;
    const key = rowKey(row);
    const known = isSameTable ? before.rows.get(key) : undefined;
    if (known?.row === row && known.place === place) return [key, known] as const;
    const style = { height: `${rowPx}px`, transform: `translateY(${place * rowPx}px)` };
    const cells = columns.map((column) =>
      html`<div key=${column.name} role="cell" class=${cellClass(column)} data-title=${column.title}>${
        column.cell(row)
      }</div>`
    );
    const node = html`
      <div key=${key} class="row ${rowClass?.(row) ?? ""}" role="row" aria-rowindex=${place + 2}
        style=${style}>${cells}</div>
    `;
    return [key, { row, place, node }] as const;
  });
  return { columns, rowPx, rows: new Map(entries) };
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

function rootFontPx(): number {
  return parseFloat(getComputedStyle(document.documentElement).fontSize);
}
