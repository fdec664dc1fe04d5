import assert from "node:assert/strict";
import { jsonSchemas, schemas } from "../../src/contract/schemas.ts";
import { errorNumbers } from "../../src/contract/error_codes.ts";
import { requestTimeoutMs, timeoutHeader } from "../../src/nats/request_deadline.ts";
import { maxWaiting } from "../../src/transaction/mod.ts";

const text = await Deno.readTextFile(new URL("../../docs/subjects.md", import.meta.url));

/** Each section that names a schema, with its example. */
const examples = new Map(
  text.split(/^### /m).slice(1).flatMap((section) => {
    const name = /^.*: (\w+)\n/.exec(section)?.[1];
    const example = /```json\n(.*?)```/s.exec(section)?.[1];
    return name === undefined || example === undefined ? [] : [[name, example] as const];
  }),
);

for (const [name, schema] of Object.entries(schemas)) {
  Deno.test(`docs/subjects.md has an example of ${name} that fits its schema`, () => {
    const example: unknown = JSON.parse(examples.get(name) ?? "");
    // Parsing drops unknown fields, so a misspelt field would be missing in the result
    assert.deepEqual(schema.parse(example), example);
  });
}

Deno.test("docs/subjects.md lists the number of every error code", () => {
  for (const [code, number] of Object.entries(errorNumbers)) {
    assert.match(text, new RegExp(`\\| \`${code}\` +\\| ${number} +\\|`));
  }
});

Deno.test("docs/subjects.md has no ordered list, because a line that begins with a number should be a sentence", () => {
  assert.deepEqual(text.match(/^ *\d+[.)] .*$/gm) ?? [], []);
});

Deno.test("docs/subjects.md names every field of a failure", () => {
  const section = text.split("### Failures: Error\n")[1]?.split("\n## ")[0] ?? "";
  const fields = Object.keys(schemas.Error.shape);
  assert.deepEqual(fields.filter((field) => !section.includes(`\`${field}\``) && !section.includes(`"${field}"`)), []);
});

Deno.test("jsonSchemas forbids no fields that a later release may add", () => {
  for (const schema of Object.values(jsonSchemas())) {
    assert.equal(JSON.stringify(schema).includes('"additionalProperties":false'), false);
  }
});

Deno.test("jsonSchemas allow null in every optional field of a request", () => {
  const known = jsonSchemas();
  const names = [
    "TransactionReq",
    "TransactionStopReq",
    "TransactionStatusReq",
    "AcknowledgeReq",
    "NodeReq",
    "JournalReq",
    "RedeliverReq",
  ] as const;
  for (const name of names) {
    const { properties, required = [] }: { properties: Record<string, unknown>; required?: string[] } = JSON.parse(
      JSON.stringify(known[name]),
    );
    for (const [field, schema] of Object.entries(properties)) {
      assert.equal(JSON.stringify(schema).includes('"null"'), !required.includes(field), `${name}.${field}`);
    }
  }
});

Deno.test("docs/subjects.md states the limits of requests", () => {
  const unwrapped = text.replaceAll("\n", " ");
  assert.match(unwrapped, new RegExp(`At most ${maxWaiting} requests wait`));
  assert.match(unwrapped, new RegExp(`${maxWaiting} requests wait for this meter and endpoint`));
  assert.match(unwrapped, new RegExp(`header \`${timeoutHeader}\``));
  assert.match(unwrapped, new RegExp(`waited for ${requestTimeoutMs(undefined) / 1000} s`));
});
