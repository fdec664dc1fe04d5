import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { docMembers } from "./support/doc_members.ts";

const root = new URL("../", import.meta.url);

Deno.test("each member of each exported type has a comment", async () => {
  const members = await docMembers(new URL("mod.ts", root));
  assert.ok(members.length > 400, `only ${members.length} members were read`);
  assert.deepEqual(members.filter(({ doc, isLiteral }) => doc === "" && !isLiteral).map(({ path }) => path), []);
});

Deno.test("the examples of mod.ts have no type errors, and import only what they use from the public API", async () => {
  const folder = await Deno.makeTempDir({ prefix: "wattseal-examples-" });
  try {
    const examples = [...(await Deno.readTextFile(new URL("mod.ts", root))).matchAll(/ \* ```ts\n(.*?) \* ```/gs)];
    assert.equal(examples.length, 4);
    const files = examples.map(([, block = ""], index) => {
      const file = join(folder, `example_${index + 1}.ts`);
      Deno.writeTextFileSync(file, block.replace(/^ \* ?/gm, ""));
      return file;
    });
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--config", fileURLToPath(new URL("deno.json", root)), ...files],
      env: { NO_COLOR: "1" },
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a program in another folder imports mod.ts with the configuration of this project", async () => {
  const folder = await Deno.makeTempDir({ prefix: "wattseal-other-" });
  try {
    const file = join(folder, "main.ts");
    await Deno.writeTextFile(join(folder, "deno.json"), "{}");
    await Deno.writeTextFile(
      file,
      `import { Line, Service, verifyRecord } from "@wattseal/wattseal";
       console.log(typeof Line, typeof Service, verifyRecord(new Uint8Array(), undefined).signature);`,
    );
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "--config", fileURLToPath(new URL("deno.json", root)), file],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    assert.equal(new TextDecoder().decode(stdout), "function function malformed\n", new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("each export of src/client.ts and each of its members has a comment", async () => {
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", fileURLToPath(new URL("src/client.ts", root))],
    env: { NO_COLOR: "1" },
  }).output();
  const problems = [...new TextDecoder().decode(stderr).matchAll(/^error\[([\w-]+)\]: (.*)$/gm)];
  // The types of payloads are inferred from schemas, which are not exported
  assert.deepEqual(problems.filter(([, code]) => code !== "private-type-ref").map(([, , text]) => text), []);
  assert.ok(problems.length > 0);
});
