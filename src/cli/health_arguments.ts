/** Which service to ask, and how to print its problems. */
export interface HealthArguments {
  readonly stateDir?: string | undefined;
  readonly config?: string | undefined;
  readonly json: boolean;
}

/**
 * The arguments of a plain `health` command. It is called often, and parsing its arguments here takes a fraction of the
 * time that the parser of all commands needs to load.
 *
 * @returns undefined: another command, help, or a mistake
 */
export function healthArguments([command, ...words]: readonly string[]): HealthArguments | undefined {
  if (command !== "health") return undefined;
  const found: { stateDir?: string; config?: string; json: boolean } = { json: false };
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    const value = words[at + 1];
    if (word === "--json") found.json = true;
    else if (value === undefined || value.startsWith("-")) return undefined;
    else if (word === "--config") found.config = words[++at] ?? "";
    else if (word === "--state-dir") found.stateDir = words[++at] ?? "";
    else return undefined;
  }
  return found;
}
