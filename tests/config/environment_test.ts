import assert from "node:assert/strict";
import { parse } from "yaml";
import { resolvePlain } from "../../src/config/environment.ts";
import { configText, load, placesOf, problemsOf } from "../support/config_text.ts";

const password = (value: string, variables: Record<string, string>) =>
  load(configText({ top: `nats:\n  user: u\n  password: ${value}` }), variables).nats.password;

Deno.test("loadConfig replaces ${NAME} from the environment", () => {
  assert.equal(password("${A}", { A: "x" }), "x");
  assert.equal(password('"<${A}-${B_2}>"', { A: "x", B_2: "y" }), "<x-y>");
  assert.equal(password("'${A}'", { A: 'it\'s: {a} # "text"' }), 'it\'s: {a} # "text"');
});

Deno.test("loadConfig reads $${ as a literal ${, and does not process values of variables again", () => {
  assert.equal(password("a$${A}", { A: "x" }), "a${A}");
  assert.equal(password("$$${A}", { A: "x" }), "$${A}");
  assert.equal(password("$A $ {A}", { A: "x" }), "$A $ {A}");
  assert.equal(password("${A}", { A: "${B}", B: "x" }), "${B}");
});

Deno.test("loadConfig converts an unquoted variable to the type of its key", () => {
  const variables = { BAUD: "19200", ECHO: "true", SITE: "01", PARITY: "2", PIN: "0123", OFFSET: "-60" };
  const settings = load(
    configText({
      line: "baudrate: ${BAUD}\nignore_echo: ${ECHO}\nparity: ${PARITY}",
      meter: "timezone_offset_minutes: ${OFFSET}",
      top: "nats:\n  user: ${ECHO}\n  password: ${PIN}",
    }).replace("berlin-01", "${SITE}"),
    variables,
  );
  const [line] = settings.lines;
  assert.deepEqual([line?.baudrate, line?.ignoreEcho, line?.parity], [19200, true, "even"]);
  assert.equal(line?.meters[0]?.timezoneOffsetMinutes, -60);
  assert.deepEqual([settings.site, settings.nats.user, settings.nats.password], ["01", "true", "0123"]);
});

Deno.test("loadConfig reads a quoted variable as a text, like any quoted value", () => {
  const [problem] = problemsOf(configText({ line: 'baudrate: "${BAUD}"' }), { BAUD: "9600" });
  assert.equal(problem?.found, 'the text "9600"');
});

Deno.test("loadConfig validates values of variables with the same rules", () => {
  assert.deepEqual(placesOf(configText({ line: "baudrate: ${BAUD}" }), { BAUD: "9601" }), ["7:15 lines[0].baudrate"]);
  assert.deepEqual(placesOf(configText({ line: "retries: ${N}" }), { N: "" }), ["7:14 lines[0].retries"]);
  assert.deepEqual(placesOf(configText().replace("berlin-01", "${SITE}"), { SITE: "" }), ["1:7 site"]);
});

Deno.test("loadConfig reports each variable that is not set, with its place", () => {
  const problems = problemsOf(configText({ line: "baudrate: ${BAUD}", top: 'nats: { token: "${TOKEN}" }' }));
  assert.deepEqual(problems.map(({ line, column, key, found }) => ({ line, column, key, found })), [
    { line: 7, column: 15, key: "lines[0].baudrate", found: "${BAUD}, but no environment variable BAUD" },
    { line: 8, column: 16, key: "nats.token", found: "${TOKEN}, but no environment variable TOKEN" },
  ]);
});

Deno.test("loadConfig rejects a ${ without a name", () => {
  for (const value of ['"${"', '"${A"', '"${}"', '"${a b}"', '"${1A}"', '"${A:-x}"']) {
    assert.deepEqual(placesOf(configText({ top: `state_dir: ${value}` }), { A: "x" }), ["7:12 state_dir"], value);
  }
});

Deno.test("loadConfig replaces no variables in keys", () => {
  const variables = { KEY: "log" };
  assert.deepEqual(placesOf(configText({ top: "${KEY}: {}" }), variables), ['7:1 ["${KEY}"]']);
});

Deno.test("loadConfig reports that ${NAME} needs quotes inside braces", () => {
  const [problem] = problemsOf(configText({ top: "nats: { token: ${TOKEN} }" }), { TOKEN: "t" });
  assert.match(problem?.message ?? "", /:7:17: .*\$\{NAME\} needs quotes/);
});

Deno.test("resolvePlain converts a text like YAML converts an unquoted scalar", () => {
  const numbers = ["0", "01", "-7", "+7", "0x1F", "0x1f", "0o17", "1.5", ".5", "5.", "-.5e3", "1e3", "1E-3", "+1.0e+2"];
  const booleans = ["true", "True", "TRUE", "false", "False", "FALSE"];
  const texts = ["yes", "tRUE", "0X1F", "0o8", "1_000", "1e", "e1", ".", "1.2.3", "12h", "one", "-0x1"];
  for (const text of [...numbers, ...booleans, ...texts]) {
    assert.equal(resolvePlain(text), parse(text), text);
  }
});
