import { parseArgs } from "node:util";

/** Arguments of a test task: integers, as options or in order. */
export interface TaskUsage<Name extends string> {
  /** Usage, for --help. */
  readonly usage: string;
  readonly options: readonly Name[];
  /** The most numbers without an option. @default 0 */
  readonly positionals?: number;
}

/** The given numbers. */
export interface TaskNumbers<Name extends string> {
  readonly options: Readonly<Partial<Record<Name, number>>>;
  readonly positionals: readonly number[];
}

/** Parses the command line of a task. Ends the process with 0 after --help, and with 2 after an invalid argument. */
export function taskNumbers<Name extends string>(
  args: readonly string[],
  { usage, options, positionals: most = 0 }: TaskUsage<Name>,
): TaskNumbers<Name> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { help: { type: "boolean", short: "h" }, ...texts(options) },
      allowPositionals: most > 0,
    });
    if (values["help"] === true) end(`${usage}\n`, 0);
    if (positionals.length > most) throw new TypeError(`Unexpected argument '${positionals[most]}'`);
    const given = Object.entries(values).map(([name, text]) => [name, whole(`--${name}`, String(text))]);
    return { options: Object.fromEntries(given), positionals: positionals.map((text) => whole("the number", text)) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return end(`${error.message}\n${usage}\n`, 2);
  }
}

function texts(names: readonly string[]): Record<string, { type: "string" }> {
  return Object.fromEntries(names.map((name) => [name, { type: "string" }]));
}

function whole(what: string, text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new TypeError(`Cannot use ${what} '${text}': allowed is a whole number`);
  return Number(text);
}

function end(text: string, code: number): never {
  (code === 0 ? Deno.stdout : Deno.stderr).writeSync(new TextEncoder().encode(text));
  Deno.exit(code);
}
