import type { Command } from "commander";
import type { Io } from "./io.ts";
import { program } from "./program.ts";

/** One option of a command. */
export interface OptionDescription {
  /** `--meter <name>`. */
  readonly flags: string;
  /** `--meter`. */
  readonly long: string;
  readonly takesValue: boolean;
  /** Allowed values, if they are a list. */
  readonly choices: readonly string[];
  /** With choices and default. */
  readonly description: string;
}

/** A command with all that its help shows. */
export interface CommandDescription {
  readonly name: string;
  /** What follows the name: `[options] <file>`. */
  readonly usage: string;
  readonly description: string;
  /** Allowed values of its arguments, if they are lists. */
  readonly choices: readonly string[];
  readonly options: readonly OptionDescription[];
  readonly examples: readonly string[];
  readonly commands: readonly CommandDescription[];
}

/** Describes all commands of an installed program, for documents and for completion in a shell. */
export function describeCommands(): CommandDescription {
  let printed = "";
  const helpOf = (command: Command) => {
    printed = "";
    command.outputHelp();
    return printed;
  };
  return describe(installedProgram((text) => printed += text), helpOf);
}

/** The commands of an installed program, for documents. Its actions must not be called. @param out receives its help */
export function installedProgram(out: (text: string) => void): Command {
  return program(capturingIo(out), () => {}, { call: "wattseal" });
}

function describe(command: Command, helpOf: (command: Command) => string): CommandDescription {
  const help = command.createHelp();
  const [, examples = ""] = helpOf(command).split(/\nExamples?:\n/);
  return {
    name: command.name(),
    usage: command.usage(),
    description: command.description(),
    choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    options: help.visibleOptions(command).filter(({ long }) => long !== "--help").map((option) => ({
      flags: option.flags,
      long: option.long ?? option.flags,
      takesValue: option.required || option.optional,
      choices: option.argChoices ?? [],
      description: help.optionDescription(option),
    })),
    examples: examples.split("\n").map((line) => line.trim()).filter((line) => line !== ""),
    commands: help.visibleCommands(command).filter((child) => child.name() !== "help")
      .map((child) => describe(child, helpOf)),
  };
}

function capturingIo(out: (text: string) => void): Io {
  const ignored = { write: (bytes: Uint8Array) => Promise.resolve(bytes.length) };
  return {
    out,
    err: () => {},
    background: { out: ignored, err: ignored },
    env: () => undefined,
    isTerminal: false,
    errIsTerminal: false,
    terminalSize: () => undefined,
    holdTerminal: () => ({ hasKeys: false, [Symbol.dispose]: () => {} }),
    readInput: () => Promise.resolve(new Uint8Array()),
    interrupted: new AbortController().signal,
    onHangup: () => {},
  };
}
