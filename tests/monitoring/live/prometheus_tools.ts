import { findDebianProgram } from "../../../src/cli/debian_program.ts";

/** Programs of Prometheus; they are fetched as `nats-server` is. */
export interface PrometheusTools {
  readonly prometheus: string;
  readonly promtool: string;
}

/** Finds the programs, or downloads Debian's package without installing it. @returns a text: why there are none */
export async function prometheusTools(): Promise<PrometheusTools | string> {
  const find = (program: string) =>
    findDebianProgram(
      { program, package: "prometheus", folder: "usr/bin", website: "https://prometheus.io/download" },
      { env: (name) => Deno.env.get(name), report: () => {} },
    );
  try {
    return { prometheus: await find("prometheus"), promtool: await find("promtool") };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A test that needs these programs. Where they cannot be fetched, its name in the list of tests says why. */
export function prometheusTest(
  name: string,
  tools: PrometheusTools | string,
  run: (tools: PrometheusTools, test: Deno.TestContext) => Promise<void>,
): void {
  if (typeof tools === "string") Deno.test({ name: `${name}: not run: ${tools}`, ignore: true, fn() {} });
  else Deno.test(name, (test) => run(tools, test));
}
