import { ConfigError, loadConfig, type Problem, type Settings } from "../../src/config/mod.ts";

/** The path of every text for {@linkcode load}. */
export const configPath = "/etc/wattseal/site.yaml";

/** Loads a text as the file {@linkcode configPath}. */
export function load(text: string, variables: Readonly<Record<string, string>> = {}): Settings {
  return loadConfig(text, { path: configPath, env: (name) => variables[name] });
}

/** The error of a text; undefined: it is valid. */
export function errorOf(text: string, variables: Readonly<Record<string, string>> = {}): ConfigError | undefined {
  try {
    load(text, variables);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

/** The problems of a text; empty: it is valid. */
export function problemsOf(text: string, variables: Readonly<Record<string, string>> = {}): readonly Problem[] {
  return errorOf(text, variables)?.problems ?? [];
}

/** Each problem of a text as `line:column key`. */
export function placesOf(text: string, variables: Readonly<Record<string, string>> = {}): string[] {
  return problemsOf(text, variables).map(({ line, column, key }) => `${line}:${column} ${key}`);
}

/** A valid file; keys of the top level, the line and the meter can be added, one per line, without indent. */
export function configText(extra: { top?: string; line?: string; meter?: string } = {}): string {
  const indented = (text: string | undefined, indent: string) =>
    (text ?? "").split("\n").filter((line) => line !== "").map((line) => `${indent}${line}\n`).join("");
  return `site: berlin-01
lines:
  - name: rs485-1
    serial_port: /dev/ttyUSB0
    meters:
      - name: evse-1
${indented(extra.meter, "        ")}${indented(extra.line, "    ")}${indented(extra.top, "")}`;
}
