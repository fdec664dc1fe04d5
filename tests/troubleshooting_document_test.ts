import assert from "node:assert/strict";

const root = new URL("../", import.meta.url);

/** All sources of the program. A text that is split in the source is one text here. */
async function sources(): Promise<string> {
  const texts: string[] = [];
  const read = async (folder: URL): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) await read(new URL(`${name}/`, folder));
      else texts.push(await Deno.readTextFile(new URL(name, folder)));
    }
  };
  await read(new URL("src/", root));
  await read(new URL("bridge/", root));
  return texts.join("\n").replaceAll(/["`] \+\s*["`]/g, "");
}

/** The messages in the first column of the tables: code with at least two words that is no command. */
function messagesOf(page: string): string[] {
  const cells = [...page.matchAll(/^\| (.*?) \| /gm)].map(([, cell = ""]) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code))
    .filter((code) => code.includes(" ") && !code.startsWith("wattseal "));
}

/** Whether the program can print a text, which is perhaps composed of two. */
function isPrinted(text: string, program: string): boolean {
  if (program.includes(text)) return true;
  const spaces = [...text.matchAll(/ /g)].map(({ index }) => index);
  return spaces.some((at) => program.includes(text.slice(0, at)) && program.includes(text.slice(at)));
}

Deno.test("docs/troubleshooting.md quotes messages as the program prints them", async () => {
  const program = await sources();
  const messages = messagesOf(await Deno.readTextFile(new URL("docs/troubleshooting.md", root)));
  assert.ok(messages.length > 15, `only ${messages.length} messages were found`);
  const unknown = messages.filter((message) =>
    !message.split(/\.\.\.|\/dev\/ttyUSB0/).every((part) => isPrinted(part.replace(/^[ :]+|[ :]+$/g, ""), program))
  );
  assert.deepEqual(unknown, []);
});
