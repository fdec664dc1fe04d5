import { join } from "node:path";
import { systemTime } from "../../../src/base/time.ts";
import { monitoringFolder } from "../monitoring_files.ts";

/** How long a condition may take. */
const timeoutMs = 60_000;

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Answers {
  readonly query: { readonly result: readonly { readonly metric: Readonly<Record<string, string>> }[] };
  readonly rules: { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
  readonly targets: {
    readonly activeTargets: readonly { readonly health: string; readonly lastError: string }[];
  };
}

/** A rule with the result of its last evaluation. */
export interface Rule {
  readonly name: string;
  readonly health: "ok" | "err" | "unknown";
  readonly lastError?: string;
  readonly alerts: readonly Alert[];
}

/** A real Prometheus server with our example of a configuration: only its target and its intervals are others. */
export class PrometheusProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;
  readonly #address: string;

  private constructor(child: Deno.ChildProcess, folder: string, address: string) {
    this.#child = child;
    this.#folder = folder;
    this.#address = address;
  }

  /** @param target address of the service */
  static async start(binary: string, address: string, target: string): Promise<PrometheusProcess> {
    const folder = await Deno.makeTempDir({ prefix: "wattseal-prometheus-" });
    const example = await Deno.readTextFile(new URL("prometheus.yaml", monitoringFolder));
    const config = example.replaceAll("127.0.0.1:9464", target).replaceAll("_interval: 15s", "_interval: 1s")
      .replace("scrape_timeout: 5s", "scrape_timeout: 1s");
    await Deno.writeTextFile(join(folder, "prometheus.yaml"), config);
    await Deno.copyFile(new URL("wattseal.rules.yaml", monitoringFolder), join(folder, "wattseal.rules.yaml"));
    const child = new Deno.Command(binary, {
      args: [
        `--config.file=${join(folder, "prometheus.yaml")}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=${address}`,
        "--log.level=error",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    return new PrometheusProcess(child, folder, address);
  }

  /** Asks the HTTP interface. @throws {Error} Prometheus answers with an error */
  async ask<Kind extends keyof Answers>(kind: Kind, parameters: Record<string, string> = {}): Promise<Answers[Kind]> {
    const answer = await fetch(`http://${this.#address}/api/v1/${kind}?${new URLSearchParams(parameters)}`);
    const body: { data: Answers[Kind]; error?: string } = await answer.json();
    if (!answer.ok) throw new Error(`${parameters.query ?? kind}: ${body.error}`);
    return body.data;
  }

  /** All rules, with the results of their last evaluation. */
  async rules(): Promise<Rule[]> {
    return (await this.ask("rules")).groups.flatMap(({ rules }) => rules);
  }

  /** Resolves when a condition on the answers is met. @throws {Error} it is not met in time, or the server has ended */
  async until(what: string, isMet: () => Promise<boolean>): Promise<void> {
    const endMs = systemTime.mono() + timeoutMs;
    const ended = this.#child.status.then(({ code }) => {
      throw new Error(`Prometheus ended with ${code} while the test waited until ${what}`);
    });
    let failure: unknown;
    const met = async () => {
      while (systemTime.mono() < endMs) {
        // The server does not answer before it has started
        if (await isMet().catch((error: unknown) => void (failure = error))) return;
        await systemTime.sleep(200);
      }
      throw new Error(`after ${timeoutMs} ms, it does not hold that ${what}`, { cause: failure });
    };
    await Promise.race([met(), ended]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}
