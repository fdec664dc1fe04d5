import { systemTime } from "../../src/base/time.ts";

/** The parts of an export of metrics that tests check. */
export interface MetricsExport {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeMetrics: readonly {
      readonly scope?: { readonly name?: string };
      readonly metrics: readonly {
        readonly name: string;
        readonly unit?: string;
        readonly description?: string;
        readonly sum?: Series;
        readonly gauge?: Series;
      }[];
    }[];
  }[];
}

/** One attribute. */
export interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

interface Series {
  readonly dataPoints: readonly {
    readonly asInt?: string;
    readonly asDouble?: number;
    readonly attributes?: readonly Attribute[];
  }[];
}

/** A receiver of OpenTelemetry that stores everything that it receives. */
export class OtlpReceiver implements AsyncDisposable {
  /** The environment of a process that exports to it every half second. */
  readonly env: Readonly<Record<string, string>>;
  /** Everything so far, of metrics, logs and traces. */
  text = "";
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #hang: Promise<void> | undefined;
  #endHang = () => {};

  /**
   * @param onMetrics called for each export of metrics
   * @param answerMs time until an export is answered
   */
  constructor(onMetrics: (body: MetricsExport) => void = () => {}, answerMs = 0) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
      const text = await request.text();
      this.text += text;
      if (new URL(request.url).pathname === "/v1/metrics") onMetrics(JSON.parse(text));
      await systemTime.sleep(answerMs);
      await this.#hang;
      return Response.json({});
    });
    this.env = {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.#server.addr.port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_METRIC_EXPORT_INTERVAL: "500",
    };
  }

  /** From now on, it accepts exports and never answers. */
  hang(): void {
    this.#hang = new Promise((resolve) => this.#endHang = resolve);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#endHang();
    await this.#server.shutdown();
  }
}
