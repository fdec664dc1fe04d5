import { type BootOptions, Machine } from "./machine.ts";
import type { Surroundings } from "./surroundings.ts";

/** One line with one simulated meter in the machine. */
interface SimulatedLine {
  readonly name: string;
  /** Unit id of its meter, and number of meters of the simulator, of which only the last is used. */
  readonly unit: number;
}

/** A machine with the installed package, a NATS server, simulated meters and a configuration. */
export class TestStation implements AsyncDisposable {
  readonly machine: Machine;

  private constructor(machine: Machine) {
    this.machine = machine;
  }

  /** Boots the machine. The service is not started. */
  static async boot(
    { installed }: Surroundings,
    units: readonly number[] = [1],
    options: BootOptions = {},
  ): Promise<TestStation> {
    const machine = await Machine.boot(installed, options);
    try {
      const station = new TestStation(machine);
      const lines = units.map((unit) => ({ name: `rs485-${unit}`, unit }));
      await machine.write("/etc/wattseal/site.yaml", configuration(lines));
      await station.startBroker();
      for (const line of lines) await station.#simulate(line);
      return station;
    } catch (error) {
      await machine[Symbol.asyncDispose]();
      throw error;
    }
  }

  async startBroker(): Promise<void> {
    await this.machine.must("systemd-run -q --collect --unit=nats nats-server --jetstream -a 127.0.0.1 -sd /tmp/nats");
  }

  /** Values of a unit by `systemctl show`. */
  async show(unit: string, ...properties: string[]): Promise<Record<string, string>> {
    const text = await this.machine.must(`systemctl show ${unit} --property ${properties.join(",")}`);
    return Object.fromEntries(text.split("\n").map((line) => [line.split("=")[0], line.slice(line.indexOf("=") + 1)]));
  }

  /** Starts the service and waits until it has found its meters. */
  async start(): Promise<void> {
    await this.machine.must("systemctl start wattseal.service");
    await this.logged("wattseal.service", "Found meter");
  }

  /** Waits until the log of the running process of a unit contains a text. @returns the log */
  logged(unit: string, text: string): Promise<string> {
    const log = `journalctl -u ${unit} -o cat --no-pager _SYSTEMD_INVOCATION_ID=$(systemctl show ${unit} ` +
      "-P InvocationID)";
    return this.machine.until(`${log} | grep -F '${text}'`);
  }

  /** The whole log of a unit, also of its earlier processes. */
  log(unit: string): Promise<string> {
    return this.machine.must(`journalctl -u ${unit} -o cat --no-pager`);
  }

  /** Waits until the service has been restarted. @returns after how many seconds its new process was started */
  async restarted(sinceS: number, restarts: number): Promise<number> {
    await this.machine.until(
      `[ $(systemctl show wattseal.service -P NRestarts) -ge ${restarts} ] && systemctl is-active wattseal.service`,
    );
    const started = await this.machine.must(
      'date -d "$(systemctl show wattseal.service -P ExecMainStartTimestamp)" +%s',
    );
    return Number(started) - sinceS;
  }

  async #simulate({ name, unit }: SimulatedLine): Promise<void> {
    // The user of the service owns the pseudo-terminal, as it is in the group of an adapter
    await this.machine.must(
      `systemd-run -q --collect --unit=${name} -p User=wattseal -p RuntimeDirectory=${name} wattseal simulate --meters ${unit} ` +
        `--kinds em580-256 --baudrate 115200 --link /run/${name}/meter`,
    );
    await this.machine.until(`[ -e /run/${name}/meter ]`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.machine[Symbol.asyncDispose]();
  }
}

function configuration(lines: readonly SimulatedLine[]): string {
  const head = "site: test-1\nstate_dir: /var/lib/wattseal\nnats: { servers: [127.0.0.1:4222] }\n" +
    "clock: { require_sync: false }\nlines:\n";
  return head +
    lines.map(({ name, unit }) =>
      `  - name: ${name}\n    serial_port: /run/${name}/meter\n    baudrate: 115200\n    meters:\n` +
      `      - { name: evse-${unit}, powermeter_device_id: ${unit} }\n`
    ).join("");
}
