import { joinedRows, type SessionPage, sessionParams, type SessionQuery, type SessionRow } from "../../view/mod.ts";
import type { Server } from "../shell/server.ts";

/** New rows after which a search stops and offers to continue. */
const rowsPerStep = 50;

/** What a search has found so far. */
export interface SearchState {
  /** Newest first; copies of a record are shown once. */
  readonly rows: readonly SessionRow[];
  /** Number of records that were looked at. */
  readonly searched: number;
  /** When the oldest of them was stored, RFC 3339. */
  readonly searchedTo?: string | undefined;
  /** `paused`: there may be more records. */
  readonly progress: "searching" | "paused" | "complete";
  /** Why the last step failed; it can be repeated. */
  readonly error?: Error | undefined;
}

type PageQuery = { readonly [key in "before" | "after" | "limit"]?: number | undefined };

/** A search in the records, step by step: newest first, and then the records that are new. */
export class SessionSearch {
  readonly #server: Pick<Server, "get">;
  readonly #query: SessionQuery;
  readonly #ended = new AbortController();
  readonly #listeners = new Set<() => void>();
  #state: SearchState = { rows: [], searched: 0, progress: "searching" };
  /** Where the search continues. */
  #before: number | undefined;
  /** The last record of the stream, as far as it is known. */
  #newest: number | undefined;
  #step = new AbortController();
  #isRefreshing = false;

  constructor(server: Pick<Server, "get">, query: SessionQuery) {
    this.#server = server;
    this.#query = query;
  }

  /** What was found so far. */
  get state(): SearchState {
    return this.#state;
  }

  /** Calls a function after each change. @returns ends the calls */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Continues until there are enough new rows, no more records, a failure, or a pause. Never rejects. */
  async proceed(): Promise<void> {
    this.#step = new AbortController();
    const signal = AbortSignal.any([this.#step.signal, this.#ended.signal]);
    this.#change({ progress: "searching", error: undefined });
    let found = 0;
    try {
      do {
        const page = await this.#load({ before: this.#before, limit: rowsPerStep }, signal);
        found += page.rows.length;
        this.#before = page.before;
        this.#newest ??= page.newest;
        this.#add(page);
      } while (this.#before !== undefined && found < rowsPerStep);
      this.#change({ progress: this.#before === undefined ? "complete" : "paused" });
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      const shown = error instanceof Error ? error : new Error(String(error));
      this.#change({ progress: "paused", error: signal.aborted ? undefined : shown });
    }
  }

  /** Ends the present step; {@linkcode SessionSearch.proceed} continues. */
  pause(): void {
    this.#step.abort();
  }

  /**
   * Adds records that are new since the last look; repeats a step that has failed. Never rejects: the next look repeats
   * one that fails.
   */
  async refresh(): Promise<void> {
    if (this.#state.error !== undefined) await this.proceed();
    const after = this.#newest;
    if (after === undefined || this.#isRefreshing) return;
    this.#isRefreshing = true;
    try {
      let before: number | undefined;
      let newest: number | undefined;
      do {
        const page = await this.#load({ after: after === 0 ? undefined : after, before }, this.#ended.signal);
        newest ??= page.newest;
        before = page.before;
        this.#add({ ...page, searchedTo: undefined });
      } while (before !== undefined);
      this.#newest = Math.max(after, newest);
    } catch {
      // The banner of the connection shows that the server is away
    } finally {
      this.#isRefreshing = false;
    }
  }

  /** Ends the search for good. */
  end(): void {
    this.#ended.abort();
  }

  #load(part: PageQuery, signal: AbortSignal): Promise<SessionPage> {
    const params = sessionParams({ ...this.#query, ...part });
    return this.#server.get<SessionPage>(`/api/sessions?${params}`, signal);
  }

  #add({ rows, searched, searchedTo }: Omit<SessionPage, "searchedTo"> & Pick<SearchState, "searchedTo">): void {
    if (searched === 0) return;
    this.#change({
      rows: joinedRows(this.#state.rows, rows),
      searched: this.#state.searched + searched,
      searchedTo: searchedTo ?? this.#state.searchedTo,
    });
  }

  #change(change: Partial<SearchState>): void {
    if (this.#ended.signal.aborted) return;
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
