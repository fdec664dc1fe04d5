import type { CommandDescription } from "../cli/mod.ts";

/** Where and when a manual page belongs. */
export interface ManPageOptions {
  readonly version: string;
  /** Time of the commit, seconds since 1970. */
  readonly epoch: number;
}

/** Returns the manual page of a program, section 1, in the form of groff. */
export function manPage(program: CommandDescription, { version, epoch }: ManPageOptions): string {
  const date = new Date(epoch * 1000).toISOString().slice(0, 10);
  return [
    `.TH WATTSEAL 1 ${date} "Wattseal ${version}" "User Commands"`,
    ".SH NAME",
    `wattseal \\- ${escaped(program.description)}`,
    ".SH SYNOPSIS",
    ...program.commands.flatMap((command) => [".br", synopsis(command, program.name)]),
    ".SH DESCRIPTION",
    "The service reads energy meters over Modbus and publishes readings and signed records over NATS. The other commands",
    "set up a node, check it, and work with its records.",
    ".SH OPTIONS",
    ...optionParts(program),
    ".SH COMMANDS",
    ...program.commands.flatMap((command) => commandParts(command, program.name)),
    ...closing,
    "",
  ].join("\n");
}

const closing = [
  ".SH EXIT STATUS",
  ...tagged("0", "Success."),
  ...tagged("1", "The command failed, or a check found a problem."),
  ...tagged("2", "An argument or the configuration is wrong."),
  ...tagged("3", "NATS cannot be reached."),
  ...tagged("130", "Interrupted."),
  ".SH FILES",
  ...tagged("/etc/wattseal/site.yaml", "The configuration of this node."),
  ...tagged("/var/lib/wattseal", "The state: journal, spool and lock. It contains the signed records."),
  ...tagged("/usr/share/doc/wattseal", "Documents, examples, licences and the list of components."),
  ".SH SEE ALSO",
  ".BR systemctl (1),",
  ".BR journalctl (1)",
];

function synopsis(command: CommandDescription, parent: string): string {
  return `\\fB${escaped(`${parent} ${command.name}`)}\\fR ${escaped(command.usage)}`;
}

function commandParts(command: CommandDescription, parent: string): string[] {
  const own = [
    `.SS "${escaped(`${parent} ${command.name}`)}"`,
    synopsis(command, parent),
    ".PP",
    escaped(`${command.description}.`),
    ...optionParts(command),
    ...command.examples.length === 0 ? [] : [".PP", "Example:", ".PP", ".nf", ".RS"],
    ...command.examples.map(escaped),
    ...command.examples.length === 0 ? [] : [".RE", ".fi"],
  ];
  return [...own, ...command.commands.flatMap((child) => commandParts(child, `${parent} ${command.name}`))];
}

function optionParts({ options }: CommandDescription): string[] {
  return options.flatMap(({ flags, description }) => tagged(flags, `${description}.`));
}

function tagged(tag: string, text: string): string[] {
  return [".TP", `\\fB${escaped(tag)}\\fR`, escaped(text)];
}

/** Escapes what groff would interpret. */
function escaped(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll("'", "\\(aq").replaceAll('"', "\\(dq")
    .replace(/^\./, "\\&.");
}
