import assert from "node:assert/strict";
import { portErrorCodes } from "../bridge/mod.ts";
import { exitCode } from "../src/cli/io.ts";
import { configErrorCodes } from "../src/config/mod.ts";
import { errorNumbers } from "../src/contract/error_codes.ts";
import { controlErrorCodes } from "../src/control/mod.ts";
import { nodeFaultKinds } from "../src/health/mod.ts";
import { journalErrorCodes } from "../src/journal/mod.ts";
import { exchangeErrorKinds, lineErrorCodes } from "../src/line/mod.ts";
import { faultKinds, meterErrorCodes } from "../src/meter/mod.ts";
import { natsSetupErrorCodes } from "../src/nats/mod.ts";
import { transactionErrorCodes } from "../src/transaction/mod.ts";

const text = await Deno.readTextFile(new URL("../docs/faults.md", import.meta.url));
const subjects = await Deno.readTextFile(new URL("../docs/subjects.md", import.meta.url));

/** The entries of each chapter: heading and lines below it. */
const chapters = new Map(
  text.split(/^## /m).slice(1).map((chapter) => {
    const [name = "", ...entries] = chapter.split(/\n### /);
    return [name.split("\n")[0] ?? "", entries.map((entry) => entry.trim().split("\n").filter((line) => line !== ""))];
  }),
);

/** What the code has, chapter by chapter: heading, and the line below it if the code decides it. */
const meant: Record<string, readonly (readonly string[])[]> = {
  "Faults of a meter": Object.entries(faultKinds).map(([subType, kind]) => [subType, kindText(kind)]),
  "Faults of a process": Object.entries(nodeFaultKinds).map(([subType, kind]) => [`Node: ${subType}`, kindText(kind)]),
  "Replies to requests": transactionErrorCodes.map((code) => [code, `Number ${errorNumbers[code]}`]),
  "Exit codes of commands": Object.entries(exitCode).map(([name, code]) => [`Exit code: ${code}`, `\`${name}\``]),
  "Exchanges on a line": headings("Line", [...new Set([...lineErrorCodes, ...exchangeErrorKinds])]),
  "Devices and gateways": headings("Port", portErrorCodes),
  "Requests to a meter": headings("Meter", meterErrorCodes),
  "The journal": headings("Journal", journalErrorCodes),
  "The configuration": headings("Configuration", configErrorCodes),
  "Files for NATS": headings("NATS file", natsSetupErrorCodes),
  "The control socket": headings("Control", controlErrorCodes),
};

function kindText({ type, severity }: { readonly type: string; readonly severity: string }): string {
  return `\`${type}\`, severity ${severity}`;
}

function headings(prefix: string, codes: readonly string[]): string[][] {
  return codes.map((code) => [`${prefix}: ${code}`]);
}

/** The text of a field of an entry; undefined: the entry does not have it once. */
function fieldOf(entry: readonly string[], name: string): string | undefined {
  const found = entry.filter((line) => line.startsWith(`- **${name}:** `));
  return found.length === 1 ? found[0]?.slice(`- **${name}:** `.length) : undefined;
}

for (const [chapter, codes] of Object.entries(meant)) {
  Deno.test(`docs/faults.md, ${chapter}: one entry for each code, and no other entry`, () => {
    const found = chapters.get(chapter)?.map((entry) => entry.filter((line) => !line.startsWith("- **")));
    const byHeading = (list: readonly (readonly string[])[]) => list.toSorted(([a = ""], [b = ""]) => a < b ? -1 : 1);
    assert.deepEqual(byHeading(found ?? []), byHeading(codes));
  });
}

Deno.test("docs/faults.md: no chapter has entries that the code does not decide", () => {
  assert.deepEqual([...chapters.keys()].toSorted(), Object.keys(meant).toSorted());
});

Deno.test("docs/faults.md: each entry has a cause, the meaning for billing and a remedy", () => {
  const incomplete = [...chapters.values()].flat().filter((entry) =>
    ["Cause", "Billing", "Remedy"].some((name) => (fieldOf(entry, name) ?? "") === "")
  );
  assert.deepEqual(incomplete, []);
});

Deno.test("docs/faults.md: cause and remedy of a fault are those of the code", () => {
  const kinds = { "Faults of a meter": faultKinds, "Faults of a process": nodeFaultKinds };
  for (const [chapter, faults] of Object.entries(kinds)) {
    const found = new Map((chapters.get(chapter) ?? []).map((entry) => [entry[0]?.replace("Node: ", ""), entry]));
    for (const [subType, { cause, remedy }] of Object.entries(faults)) {
      const entry = found.get(subType) ?? [];
      assert.deepEqual([fieldOf(entry, "Cause"), fieldOf(entry, "Remedy")], [cause, remedy], subType);
    }
  }
});

Deno.test("docs/subjects.md has each code of a reply with its number", () => {
  const rows = [...subjects.matchAll(/^\| `([A-Z_]+)` +\| (\d{3}) +\|/gm)].map(([, code, number]) => [code, number]);
  const codes = transactionErrorCodes.map((code) => [code, String(errorNumbers[code])]);
  assert.deepEqual(rows.toSorted(), codes.toSorted());
});
