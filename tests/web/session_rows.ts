import assert from "node:assert/strict";
import type { SessionPage, SessionRow } from "../../src/view/mod.ts";
import type { RecordSite } from "./record_site.ts";

/** The transaction ids of rows, in their order. */
export function transactionIds(rows: readonly SessionRow[]): (string | undefined)[] {
  return rows.map(({ transactionId }) => transactionId);
}

/** All rows of a search, page by page. */
export async function allRows(site: RecordSite, query: string): Promise<{ rows: SessionRow[]; pages: number }> {
  const rows: SessionRow[] = [];
  let [before, pages]: [number | undefined, number] = [undefined, 0];
  do {
    const page: SessionPage = await site.json(
      `/api/sessions?${query}${before === undefined ? "" : `&before=${before}`}`,
    );
    rows.push(...page.rows);
    [before, pages] = [page.before, pages + 1];
    assert.equal(page.isComplete, before === undefined);
  } while (before !== undefined);
  return { rows, pages };
}
