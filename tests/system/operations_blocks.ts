/** A marked block of commands in a document. */
export interface Block {
  /**
   * `names`: settings of shell variables. `run`: commands that succeed. `until`: commands that are repeated until they
   * succeed; with a word: until they print it, whatever their exit codes.
   */
  readonly mark: string;
  readonly text: string;
}

/** Commands around the one block whose mark or text matches: what happens beside the commands of the document. */
export interface Stage {
  readonly at: RegExp;
  readonly before?: string;
  readonly after?: string;
}

/** How often the commands of a block are repeated, with a pause of a second. */
const attempts = 60;

/** The marked blocks of a document, in order, without the indentation of a list. */
export function blocksOf(document: string): Block[] {
  return [...document.matchAll(/^( *)<!-- node: ([^\n]*) -->\n\n *```sh\n(.*?)^ *```/gms)]
    .map(([, indent = "", mark = "", text = ""]) => ({
      mark,
      text: text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    }));
}

/**
 * A script for bash that shows and executes blocks.
 *
 * @throws {Error} a stage does not belong to exactly one block, or a mark is unknown
 */
export function executed(blocks: readonly Block[], stages: readonly Stage[]): string {
  const isAt = ({ mark, text }: Block, { at }: Stage) => at.test(mark) || at.test(text);
  for (const stage of stages) {
    const places = blocks.filter((block) => isAt(block, stage)).length;
    if (places !== 1) throw new Error(`${stage.at} is in ${places} blocks`);
  }
  return blocks.map((block) => {
    const around = stages.filter((stage) => isAt(block, stage));
    const before = around.map((stage) => stage.before ?? "");
    const after = around.map((stage) => stage.after ?? "");
    return [...before, `cat <<'BLOCK'\n${block.text}BLOCK\n`, commands(block), ...after].join("");
  }).join("");
}

function commands({ mark, text }: Block): string {
  if (mark === "names" || mark === "run") return text;
  const loop = `for attempt in $(seq ${attempts}); do`;
  if (mark === "until") return `${loop} (${text}) && break; sleep 1; done\n${text}`;
  const word = /^until (\w+)$/.exec(mark)?.[1];
  if (word === undefined) throw new Error(`Unknown mark "${mark}"`);
  const isPrinted = `[[ $output = *${word}* ]]`;
  return `${loop} output=$(${text}) || true; ${isPrinted} && break; sleep 1; done\necho "$output"\n${isPrinted}\n`;
}
