import { useEffect, useState } from "./html.ts";

/** Something that is loaded from the server. */
export interface Loaded<Value> {
  /** The last value; it stays while a new one is loaded. */
  readonly value: Value | undefined;
  /** Why the last attempt failed. */
  readonly error: Error | undefined;
  readonly isLoading: boolean;
}

/**
 * Loads a value when a component appears, and again when a key changes. The value stays until the next one is there.
 *
 * @param keys compared one by one
 * @param options `isKept`: whether the old value stays while a new one is loaded
 */
export function useLoaded<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  keys: readonly unknown[],
  { isKept = true }: { readonly isKept?: boolean } = {},
): Loaded<Value> {
  const [loaded, setLoaded] = useState<Loaded<Value>>({ value: undefined, error: undefined, isLoading: true });
  useEffect(() => {
    const ended = new AbortController();
    setLoaded(({ value, error }) => ({ value: isKept ? value : undefined, error, isLoading: true }));
    load(ended.signal).then(
      (value) => {
        if (!ended.signal.aborted) setLoaded({ value, error: undefined, isLoading: false });
      },
      (error: unknown) => {
        if (ended.signal.aborted) return;
        const shown = error instanceof Error ? error : new Error(String(error));
        setLoaded(({ value }) => ({ value, error: shown, isLoading: false }));
      },
    );
    return () => ended.abort();
  }, [...keys]);
  return loaded;
}
