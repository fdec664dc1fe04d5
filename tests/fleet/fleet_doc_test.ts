import assert from "node:assert/strict";
import { answerPrefixes } from "../../src/fleet/mod.ts";
import { leafRights, neededRights, responsesText, type Rights, type RightsScope } from "../../src/nats/mod.ts";

const text = await Deno.readTextFile(new URL("../../docs/fleet.md", import.meta.url));
const prefix = "<prefix>";
const everywhere = (role: string): RightsScope => ({ prefix, site: "*", inboxPrefix: `_INBOX_${role}` });

/** The list in the code for each section of the document. */
const requested: Readonly<Record<string, Rights>> = {
  "The service of a site": neededRights("node", {
    prefix,
    site: "<site>",
    inboxPrefix: "_INBOX_<site>",
    creates: ["ocmf", "readings", "state", "intervals"],
  }),
  "A viewer": neededRights("viewer", everywhere("viewer")),
  "A controller": neededRights("controller", everywhere("controller")),
  "Billing": neededRights("billing", everywhere("billing")),
  "The page": neededRights("web", everywhere("web")),
  "EVerest": neededRights("everest", { prefix, site: "<site>", inboxPrefix: "_INBOX_everest.<site>" }),
  "The leaf connection of an edge": leafRights({ prefix, site: "<site>" }, answerPrefixes("<site>")),
};

for (const [section, { publish, subscribe, allowResponses }] of Object.entries(requested)) {
  Deno.test(`docs/fleet.md lists the minimum permissions: ${section}`, () => {
    const body = text.split(`\n### ${section}\n`)[1]?.split("\n#")[0] ?? "";
    const rows = [...body.matchAll(/^\| (publish|subscribe|responses) +\| `([^`]*)` +\|/gm)];
    assert.deepEqual(
      rows.map(([, permission, subject]) => `${permission} ${subject}`),
      [
        ...publish.map((subject) => `publish ${subject}`),
        ...subscribe.map((subject) => `subscribe ${subject}`),
        ...(allowResponses === undefined ? [] : [`responses ${responsesText(allowResponses)}`]),
      ].map((right) => right.replaceAll("<PREFIX>_", "<P>_")),
    );
  });
}

Deno.test("docs/fleet.md names existing files, and every file of config/nats", async () => {
  const folder = new URL("../../config/nats/", import.meta.url);
  const named = [...text.matchAll(/\.\.\/(config\/[\w./-]+)\)/g)].map(([, path]) => path ?? "");
  for (const path of named) await Deno.stat(new URL(`../../${path}`, import.meta.url));
  const files = [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile).map(({ name }) => name);
  assert.deepEqual(files.filter((name) => !text.includes(`\`${name}\``)), []);
});
