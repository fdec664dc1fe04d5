import { type SortKey, sortKeys } from "./fleet_rows.ts";

/** What the keys have changed. */
export interface WatchControls {
  readonly filter: string;
  /** Whether the filter is being typed: then keys are its characters. */
  readonly isTyping: boolean;
  readonly sort: SortKey;
  /** The shown part of the meters; the table limits it. */
  readonly page: number;
  readonly isEnded: boolean;
}

/** Before the first key. */
export const firstControls: WatchControls = {
  filter: "",
  isTyping: false,
  sort: "problems",
  page: 0,
  isEnded: false,
};

/** Describes the keys for other pages. */
export const pageKeysText = "n next page, p previous page";

const maxFilterLength = 40;
const escape = "\x1b";
/** A key without a character: arrows, Home, F1. */
const sequence = new RegExp(`^${escape}[[O][0-9;]*[ -~]`);
/** Page down, page up, and the arrows. */
const pageSequences: Readonly<Record<string, string>> = {
  [`${escape}[6~`]: "n",
  [`${escape}[5~`]: "p",
  [`${escape}[B`]: "n",
  [`${escape}[A`]: "p",
};

/** Applies the pressed keys, in the order of `text`. */
export function pressed(controls: WatchControls, text: string): WatchControls {
  let now = controls;
  for (let rest = text; rest !== "";) {
    const key = sequence.exec(rest)?.[0] ?? [...rest][0] ?? "";
    rest = rest.slice(key.length);
    if (!now.isTyping) now = commanded(now, pageSequences[key] ?? key);
    else if (key.length === 1) now = typed(now, key);
  }
  return now;
}

/** Describes the keys in one line. */
export function keysText({ filter, isTyping, sort }: WatchControls): string {
  if (isTyping) return `filter: ${filter}_  (Enter: apply, Esc: clear)`;
  const shown = filter === "" ? "f filter" : `f filter: ${filter}  (Esc: clear)`;
  return `q quit  s sort: ${sort}  ${shown}`;
}

function typed(controls: WatchControls, key: string): WatchControls {
  if (key === "\r" || key === "\n") return { ...controls, isTyping: false };
  if (key === escape) return { ...filteredBy(controls, ""), isTyping: false };
  if (key === "\x7f" || key === "\b") return filteredBy(controls, controls.filter.slice(0, -1));
  const isText = key >= " " && controls.filter.length < maxFilterLength;
  return isText ? filteredBy(controls, controls.filter + key) : controls;
}

function commanded(controls: WatchControls, key: string): WatchControls {
  switch (key) {
    case "q":
      return { ...controls, isEnded: true };
    case "f":
    case "/":
      return { ...controls, isTyping: true };
    case "s":
      return {
        ...controls,
        page: 0,
        sort: sortKeys[(sortKeys.indexOf(controls.sort) + 1) % sortKeys.length] ?? "problems",
      };
    case "n":
    case " ":
      return { ...controls, page: controls.page + 1 };
    case "p":
      return { ...controls, page: controls.page - 1 };
    case escape:
      return filteredBy(controls, "");
    default:
      return controls;
  }
}

/** The first meters that match are shown. */
function filteredBy(controls: WatchControls, filter: string): WatchControls {
  return { ...controls, filter, page: 0 };
}
