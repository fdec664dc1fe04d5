type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;

/** `T` with the names of all its keys in camel case; what may be undefined is absent then. */
export type CamelKeys<T> = T extends readonly (infer Item)[] ? CamelKeys<Item>[]
  : T extends object ? { [K in keyof T as CamelCase<K & string>]: CamelKeys<Exclude<T[K], undefined>> }
  : T;

/** Renames `retention_days` to `retentionDays` on all levels and leaves out what is undefined. */
export function camelKeys<T>(value: T): CamelKeys<T> {
  const camel = (key: string) => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return convert(value, camel, (text) => text) as CamelKeys<T>;
}

/** Renames `retentionDays` to `retention_days` on all levels; `changeText` is applied to each text. */
export function snakeKeys(value: object, changeText = (text: string): string => text): Record<string, unknown> {
  const snake = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [snake(key), convert(inner, snake, changeText)]),
  );
}

function convert(value: unknown, rename: (key: string) => string, changeText: (text: string) => string): unknown {
  if (typeof value === "string") return changeText(value);
  if (Array.isArray(value)) return value.map((item) => convert(item, rename, changeText));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [rename(key), convert(inner, rename, changeText)]));
}
