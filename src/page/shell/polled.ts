import { useEffect, useRef, useState } from "./html.ts";
import type { Loaded } from "./loaded.ts";

/** Pause after a failed attempt, in milliseconds. */
const retryMs = 3_000;

/**
 * Loads a value repeatedly while a component is shown and the window is visible. One request at a time.
 *
 * @param intervalMs pause between two requests; a change takes effect after the present pause
 * @param keys compared one by one; a change discards the value
 */
export function usePolled<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  intervalMs: number,
  keys: readonly unknown[],
): Loaded<Value> {
  const [loaded, setLoaded] = useState<Loaded<Value>>({ value: undefined, error: undefined, isLoading: true });
  const pauseMs = useRef(intervalMs);
  pauseMs.current = intervalMs;
  useEffect(() => {
    const ended = new AbortController();
    setLoaded({ value: undefined, error: undefined, isLoading: true });
    void poll(load, () => pauseMs.current, ended.signal, setLoaded);
    return () => ended.abort();
  }, keys);
  return loaded;
}

async function poll<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  intervalMs: () => number,
  signal: AbortSignal,
  set: (change: (loaded: Loaded<Value>) => Loaded<Value>) => void,
): Promise<void> {
  while (!signal.aborted) {
    let failed = false;
    try {
      const value = await load(signal);
      if (!signal.aborted) set(() => ({ value, error: undefined, isLoading: false }));
    } catch (reason) {
      if (signal.aborted) return;
      const error = reason instanceof Error ? reason : new Error(String(reason));
      set(({ value }) => ({ value, error, isLoading: false }));
      failed = true;
    }
    await pause(failed ? Math.max(retryMs, intervalMs()) : intervalMs(), signal);
    await visible(signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}

/** Resolves when the window is visible, or the signal is aborted. */
function visible(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (document.visibilityState !== "visible" && !signal.aborted) return;
      document.removeEventListener("visibilitychange", check);
      signal.removeEventListener("abort", check);
      resolve();
    };
    document.addEventListener("visibilitychange", check);
    signal.addEventListener("abort", check);
    check();
  });
}
