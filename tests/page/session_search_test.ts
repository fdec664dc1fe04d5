import assert from "node:assert/strict";
import { SessionSearch } from "../../src/page/sessions/session_search.ts";
import type { SessionPage, SessionRow } from "../../src/view/mod.ts";

const row = (seq: number, copyKey = `key ${seq}`): SessionRow => ({
  seq,
  id: copyKey,
  copyKey,
  site: "berlin",
  meter: "evse-1",
  readAt: "2026-01-10T12:00:00.000Z",
  reason: "stopped",
  verification: { signature: "valid", session: "ok", key: "pinned", problems: [] },
});

const rows = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, index) => row(from - index));

/** A server that answers each request with the next of these answers, and keeps the requests. */
class FakeServer {
  readonly requests: string[] = [];
  readonly #answers: (SessionPage | Error | Promise<never>)[];

  constructor(...answers: (SessionPage | Error | Promise<never>)[]) {
    this.#answers = answers;
  }

  readonly get = async <Answer>(path: string, signal?: AbortSignal): Promise<Answer> => {
    this.requests.push(path);
    const answer = this.#answers.shift() ?? assert.fail(`unexpected request: ${path}`);
    if (answer instanceof Error) throw answer;
    const aborted = new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    return await Promise.race([answer, aborted]) as Answer;
  };
}

const page = (found: SessionRow[], before?: number): SessionPage => ({
  rows: found,
  searched: 100,
  newest: 1000,
  isComplete: before === undefined,
  ...(before !== undefined && { before }),
});

const seqs = ({ state }: SessionSearch) => state.rows.map(({ seq }) => seq);

Deno.test("a search continues through pages without rows until it has a step of rows or is complete", async () => {
  const server = new FakeServer(page([], 900), page(rows(899, 850), 850), page([row(3)]));
  const search = new SessionSearch(server, { meter: "evse-1" });
  await search.proceed();
  assert.deepEqual([search.state.rows.length, search.state.searched, search.state.progress], [50, 200, "paused"]);
  await search.proceed();
  assert.deepEqual([search.state.rows.length, search.state.progress], [51, "complete"]);
  assert.deepEqual(server.requests, [
    "/api/sessions?meter=evse-1&limit=50",
    "/api/sessions?meter=evse-1&before=900&limit=50",
    "/api/sessions?meter=evse-1&before=850&limit=50",
  ]);
});

Deno.test("a search that fails keeps its rows and continues where it was", async () => {
  const server = new FakeServer(page([row(9)], 5), new Error("gone"), page([row(4)]));
  const search = new SessionSearch(server, {});
  await search.proceed();
  assert.deepEqual([seqs(search), search.state.progress, search.state.error?.message], [[9], "paused", "gone"]);
  await search.proceed();
  assert.deepEqual([seqs(search), search.state.progress, search.state.error], [[9, 4], "complete", undefined]);
  assert.match(server.requests[2] ?? "", /before=5/);
});

Deno.test("a step that has failed is repeated at the next look, without a person", async () => {
  const search = new SessionSearch(new FakeServer(new Error("gone"), page([row(9)]), page([row(1001)])), {});
  await search.proceed();
  assert.equal(search.state.progress, "paused");
  await search.refresh();
  assert.deepEqual([seqs(search), search.state.progress, search.state.error], [[1001, 9], "complete", undefined]);
});

Deno.test("a search can be paused, and after its end it reports nothing", async () => {
  const search = new SessionSearch(new FakeServer(Promise.withResolvers<never>().promise, page([row(1)])), {});
  const paused = search.proceed();
  search.pause();
  await paused;
  assert.deepEqual([search.state.progress, search.state.error], ["paused", undefined]);
  let changes = 0;
  search.subscribe(() => void changes++);
  search.end();
  await search.proceed();
  assert.equal(changes, 0);
});

Deno.test("new records are added on top, a copy of a shown one is not", async () => {
  const server = new FakeServer(
    page(rows(5, 4), 4),
    page([]),
    { ...page(rows(1010, 1009), 1009), newest: 1011 },
    { ...page([row(1001), row(1002, "key 5")]), newest: 1012 },
    new Error("gone"),
  );
  const search = new SessionSearch(server, {});
  await search.refresh();
  assert.deepEqual(server.requests, []);
  await search.proceed();
  await search.refresh();
  assert.deepEqual(seqs(search), [1010, 1009, 1001, 5, 4]);
  assert.deepEqual(server.requests.slice(2), ["/api/sessions?after=1000", "/api/sessions?after=1000&before=1009"]);
  await search.refresh();
  assert.deepEqual([server.requests.at(-1), search.state.error], ["/api/sessions?after=1011", undefined]);
});
