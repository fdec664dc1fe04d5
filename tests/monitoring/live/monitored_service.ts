import { CommandProcess } from "../../support/start_process.ts";
import { ScrapedPage } from "./scraped_page.ts";

/** A service in a process of its own, and its page. */
export class MonitoredService extends ScrapedPage implements AsyncDisposable {
  readonly process: CommandProcess;

  private constructor(process: CommandProcess, address: string) {
    super(address);
    this.process = process;
  }

  /** Starts the service and waits until it is ready. @param address `metrics.listen` of the configuration */
  static async start(config: string, address: string): Promise<MonitoredService> {
    const service = new MonitoredService(new CommandProcess(["start", "--config", config]), address);
    if (await service.process.line("ready") === undefined) throw new Error((await service.process.ended()).err);
    return service;
  }

  /** Stops the service as systemd does. */
  async stop(): Promise<void> {
    this.process.signal("SIGTERM");
    await this.process.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
  }
}
