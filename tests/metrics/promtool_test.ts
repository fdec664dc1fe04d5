import assert from "node:assert/strict";
import { findDebianProgram } from "../../src/cli/debian_program.ts";
import { Page } from "../../src/metrics/page.ts";
import { figuresOf, lineReport, meterFigures } from "./figures.ts";

/** Path of the program, which is fetched as `nats-server` is; a text in a list: why there is none. */
async function findPromtool(): Promise<string | readonly [string]> {
  try {
    return await findDebianProgram(
      { program: "promtool", package: "prometheus", folder: "usr/bin", website: "https://prometheus.io/download" },
      { env: (name) => Deno.env.get(name), report: () => {} },
    );
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

const promtool = await findPromtool();

/** @returns the exit code, and everything that it printed */
async function check(program: string, page: string): Promise<[number, string]> {
  const args = ["check", "metrics"];
  const tool = new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const [{ code, stdout, stderr }] = await Promise.all([tool.output(), new Response(page).body?.pipeTo(tool.stdin)]);
  return [code, new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr)];
}

if (typeof promtool !== "string") {
  Deno.test({ name: `promtool accepts the page: not run: ${promtool[0]}`, ignore: true, fn() {} });
} else {
  Deno.test("promtool accepts the page, with all values and with unusual names", async () => {
    const names = ['a"b', "a\\b", "a\nb"];
    const page = await new Page().text(figuresOf({
      lines: names.map((name) => lineReport(name, [name])),
      meters: names.map((name) => meterFigures(name, name)),
    }));
    assert.deepEqual(await check(promtool, page), [0, ""]);
    assert.match((await check(promtool, page.replaceAll("wattseal_starts_total", "wattseal_starts")))[1], /_total/);
  });
}
