import assert from "node:assert/strict";
import { type Command, CommanderError } from "commander";
import { installedProgram } from "../src/cli/command_tree.ts";

const root = new URL("../", import.meta.url);
const tasks: Readonly<Record<string, { readonly command?: string }>> =
  JSON.parse(await Deno.readTextFile(new URL("deno.json", root))).tasks;

/** Variables of the pages that contain the options of a connection. */
const connections = ["$CONTROLLER", "$VIEWER", "$ADMINISTRATOR"];

/**
 * The commands in the blocks and spans of code of a page, without their program: `journal list --undelivered`. A page
 * names a command without its program if the reader has to complete it: `tx status`.
 */
function commandsOf(page: string): string[] {
  const block = /^ *```sh\n(.*?)^ *```/gms;
  const lines = [...page.matchAll(block)].flatMap(([, text = ""]) => text.replaceAll("\\\n", " ").split("\n"))
    .map((line) => line.replace(/(^|\s)#.*/, ""));
  const spans = [...page.replaceAll(/^ *```.*?^ *```/gms, "").matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
  return [...lines, ...spans].flatMap((text) =>
    [...text.matchAll(/(?<=^ *|[;|&(] *|-- |exec )(wattseal|deno task) ([a-z](?:[^|>;&()'"]|'[^']*'|"[^"]*")*)/g)]
      .flatMap(
        ([, by, command = ""]) => by === "wattseal" || isTaskOfProgram(command) ? [command.trim()] : [],
      )
  );
}

function isTaskOfProgram(command: string): boolean {
  return tasks[command.split(" ")[0] ?? ""]?.command?.includes("src/cli/main.ts") === true;
}

function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)]
    .map(([, single, double, plain]) => single ?? double ?? plain ?? "")
    .filter((word) => !connections.includes(word));
}

function withoutActions(command: Command): Command {
  command.action(() => {});
  for (const child of command.commands) withoutActions(child);
  return command;
}

/** What is wrong with the arguments of a command; undefined: nothing, or it is only the name of a group of commands. */
function mistake(command: string): string | undefined {
  const root = withoutActions(installedProgram(() => {}));
  try {
    root.parse(wordsOf(command), { from: "user" });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return ["commander.help", "commander.helpDisplayed", "commander.version"].includes(error.code)
      ? undefined
      : error.message;
  }
}

Deno.test("the commands of README and docs exist, with these options and arguments", async () => {
  const wrong: string[] = [];
  const pages = [...Deno.readDirSync(new URL("docs/", root))].filter(({ isFile }) => isFile);
  const names = ["README.md", "docs/examples/README.md", ...pages.map(({ name }) => `docs/${name}`)];
  let count = 0;
  for (const name of names) {
    for (const command of commandsOf(await Deno.readTextFile(new URL(name, root)))) {
      count++;
      if (command.includes("...")) continue;
      const found = mistake(command);
      if (found !== undefined) wrong.push(`${name}: ${command}: ${found}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(count > 100, `only ${count} commands were found`);
});
