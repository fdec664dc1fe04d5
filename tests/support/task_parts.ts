import { parseArgs } from "node:util";

/** The parts of a task and its help. */
export interface TaskParts {
  /** Name of a part: `section`. */
  readonly kind: string;
  readonly names: readonly string[];
  /** Text of `--help`, with a final newline. */
  readonly help: string;
  /** Whether the task has the option `--write`. @default false */
  readonly writes?: boolean;
}

/**
 * Parses the arguments of a task: `--only A,B` selects parts. Prints the help and ends the process on request,
 * or if a part does not exist.
 */
export function readTaskParts({ kind, names, help, writes = false }: TaskParts): { chosen: string[]; write: boolean } {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      help: { type: "boolean", default: false },
      ...(writes ? { write: { type: "boolean", default: false } } as const : {}),
    },
  });
  const { only, write } = values;
  const chosen = typeof only === "string" ? only.split(",") : [...names];
  const unknown = chosen.filter((name) => !names.includes(name));
  if (values.help || unknown.length > 0) {
    if (unknown.length > 0) print(`there is no ${kind} "${unknown.join(",")}"\n`);
    print(help);
    Deno.exit(unknown.length > 0 ? 2 : 0);
  }
  return { chosen, write: write === true };
}

/** Writes to standard output at once. */
export function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
