import { type SortKey, sortKeys } from "./fleet_rows.ts";

/** What the keys have changed. */
export interface WatchControls {
  readonly filter: string;
  /** Whether the filter is being typed: then keys are its characters. */
  readonly isTyping: boolean;
  readonly sort: SortKey;
  readonly isEnded: boolean;
}

/** Before the first key. */
export const firstControls: WatchControls = { filter: "", isTyping: false, sort: "problems", isEnded: false };

const maxFilterLength = 40;
const escape = "\x1b";
/** A key without a character: arrows, Home, F1. */
const sequence = new RegExp(`^${escape}[[O][0-9;]*[ -~]`);

/** Applies the pressed keys, in the order of `text`. */
export function pressed(controls: WatchControls, text: string): WatchControls {
  let now = controls;
  for (let rest = text; rest !== "";) {
    const key = sequence.exec(rest)?.[0] ?? [...rest][0] ?? "";
    rest = rest.slice(key.length);
    if (key.length === 1) now = now.isTyping ? typed(now, key) : commanded(now, key);
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
  if (key === escape) return { ...controls, isTyping: false, filter: "" };
  if (key === "\x7f" || key === "\b") return { ...controls, filter: controls.filter.slice(0, -1) };
  const isText = key >= " " && controls.filter.length < maxFilterLength;
  return isText ? { ...controls, filter: controls.filter + key } : controls;
}

function commanded(controls: WatchControls, key: string): WatchControls {
  switch (key) {
    case "q":
      return { ...controls, isEnded: true };
    case "f":
    case "/":
      return { ...controls, isTyping: true };
    case "s":
      return { ...controls, sort: sortKeys[(sortKeys.indexOf(controls.sort) + 1) % sortKeys.length] ?? "problems" };
    case escape:
      return { ...controls, filter: "" };
    default:
      return controls;
  }
}
