import type { ConnectionView, MeterRow, NodeRow, RemovedRow } from "../view/mod.ts";

/** Removals that are remembered; a reader who has missed more gets everything again. */
const maxRemovals = 10_000;

interface VersionedText {
  /** JSON of the row. */
  readonly text: string;
  /** The version in which it changed. */
  readonly version: number;
}

/**
 * The rows of the fleet as JSON, each with the version in which it has changed. So the difference to any earlier version
 * is known without a history.
 */
export class RowVersions {
  readonly #meters = new Map<string, VersionedText>();
  readonly #nodes = new Map<string, VersionedText>();
  readonly #removed: { readonly text: string; readonly version: number }[] = [];
  /** The version before the oldest removal that is remembered. */
  #completeSince = 0;
  #connection: VersionedText;
  #version = 1;
  #hasChanged = false;

  constructor(connection: ConnectionView) {
    this.#connection = { text: JSON.stringify(connection), version: 1 };
  }

  /** The present version, 1 or more. */
  get version(): number {
    return this.#version;
  }

  setConnection(view: ConnectionView): void {
    const text = JSON.stringify(view);
    if (text !== this.#connection.text) this.#connection = this.#changed(text);
  }

  setMeter(row: MeterRow): void {
    this.#set(this.#meters, `${row.site}.${row.meter}`, row);
  }

  setNode(row: NodeRow): void {
    this.#set(this.#nodes, `${row.site}.${row.instance}`, row);
  }

  /** Removes a row, if it is known. */
  remove(row: RemovedRow): void {
    const { site, meter, instance } = row;
    const isKnown = meter !== undefined
      ? this.#meters.delete(`${site}.${meter}`)
      : this.#nodes.delete(`${site}.${instance}`);
    if (!isKnown) return;
    this.#removed.push(this.#changed(JSON.stringify(row)));
    while (this.#removed.length > maxRemovals) {
      this.#completeSince = this.#removed.shift()?.version ?? this.#completeSince;
    }
  }

  /** Begins a version with the changes since the previous one. @returns whether there were any */
  commit(): boolean {
    const hasChanged = this.#hasChanged;
    if (hasChanged) this.#version++;
    this.#hasChanged = false;
    return hasChanged;
  }

  /** JSON of a `FleetSnapshot`. @param at clock of the server, RFC 3339 */
  snapshot(at: string): string {
    return `{"at":"${at}","connection":${this.#connection.text},"meters":${list(this.#meters)},"nodes":${
      list(this.#nodes)
    }}`;
  }

  /**
   * JSON of a `FleetChange`: what has changed after a version.
   *
   * @param at clock of the server, RFC 3339
   * @returns undefined: too much has changed, or the version is unknown; the reader needs a snapshot
   */
  changesAfter(version: number, at: string): string | undefined {
    if (version < this.#completeSince || version < 1 || version > this.#version) return undefined;
    const parts = [
      `"at":"${at}"`,
      ...(this.#connection.version > version ? [`"connection":${this.#connection.text}`] : []),
      ...member("meters", newer(this.#meters.values(), version)),
      ...member("nodes", newer(this.#nodes.values(), version)),
      ...member("removed", newer(this.#removed, version)),
    ];
    return `{${parts.join(",")}}`;
  }

  #set(rows: Map<string, VersionedText>, key: string, row: object): void {
    const text = JSON.stringify(row);
    if (rows.get(key)?.text !== text) rows.set(key, this.#changed(text));
  }

  #changed(text: string): VersionedText {
    this.#hasChanged = true;
    return { text, version: this.#version + 1 };
  }
}

function list(rows: ReadonlyMap<string, VersionedText>): string {
  return `[${[...rows.values()].map(({ text }) => text).join(",")}]`;
}

function newer(rows: Iterable<VersionedText>, version: number): string[] {
  const texts: string[] = [];
  for (const row of rows) if (row.version > version) texts.push(row.text);
  return texts;
}

function member(name: string, texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : [`"${name}":[${texts.join(",")}]`];
}
