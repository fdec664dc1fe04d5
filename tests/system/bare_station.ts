import { basename, join } from "node:path";
import { cacheFolder } from "./debian_root.ts";
import { Machine } from "./machine.ts";
import { verifyByOpenSsl } from "./openssl.ts";

const service = "wattseal.service";
const site = "/etc/wattseal/site.yaml";

/** A machine without the package, and everything else that a station has: a NATS server, but no network interface. */
export class BareStation implements AsyncDisposable {
  readonly machine: Machine;
  /** A folder on this machine for files of the test. */
  readonly folder: string;

  private constructor(machine: Machine, folder: string) {
    this.machine = machine;
    this.folder = folder;
  }

  static async boot(debian: string): Promise<BareStation> {
    const machine = await Machine.boot(debian);
    const folder = await Deno.makeTempDir({ dir: join(cacheFolder(), "machines"), prefix: "files-" });
    return new BareStation(machine, folder);
  }

  /** Has dpkg install a package. @returns what dpkg printed */
  async install(deb: string): Promise<string> {
    await Deno.copyFile(deb, join(this.machine.root, "root", basename(deb)));
    return await this.machine.must(`dpkg --install /root/${basename(deb)} 2>&1`);
  }

  /** Edits the installed configuration: one line with one meter. */
  async configure(): Promise<void> {
    const added = "site: test-1\nnats: { servers: [127.0.0.1:4222] }\nclock: { require_sync: false }\nlines:\n" +
      "  - name: rs485-1\n    serial_port: /run/meter/port\n    baudrate: 115200\n    meters:\n" +
      "      - { name: evse-1, powermeter_device_id: 1 }\n";
    await Deno.writeTextFile(join(this.machine.root, site), added, { append: true });
  }

  /** Starts a NATS server and a simulated meter on a pseudo-terminal; both run to the end of the test. */
  async simulate(): Promise<void> {
    const { machine } = this;
    await machine.must("systemd-run -q --unit=nats nats-server --jetstream -a 127.0.0.1 -sd /tmp/nats");
    // The user of the service owns the pseudo-terminal, as it is in the group of an adapter
    await machine.must(
      "systemd-run -q --unit=meter -p User=wattseal -p RuntimeDirectory=meter " +
        "wattseal simulate --meters 1 --kinds em580-256 --baudrate 115200 --link /run/meter/port",
    );
    await machine.until("[ -e /run/meter/port ]");
  }

  /** Makes `/usr` read-only, or writable for dpkg. */
  async mountUsr(mode: "ro" | "rw"): Promise<void> {
    await this.machine.must(
      `mountpoint -q /usr || mount --bind /usr /usr; mount -o remount,bind,${mode} /usr; ` +
        `touch /usr/test 2>/dev/null && rm /usr/test; [ $? = ${mode === "rw" ? 0 : 1} ]`,
    );
  }

  /** Waits until the running process of the service has found its meter. */
  async serves(): Promise<void> {
    await this.machine.until(
      `journalctl -o cat --no-pager -u ${service} _SYSTEMD_INVOCATION_ID=$(systemctl show ${service} -P InvocationID) ` +
        "| grep -F 'Found meter'",
    );
  }

  /** The main process of a unit. */
  async pid(unit: string): Promise<string> {
    return await this.machine.must(`systemctl show ${unit} -P MainPID`);
  }

  /** Sends a request about a transaction as a user without rights on this machine, until the service answers. */
  async tx(command: "start" | "stop" | "status", id: string): Promise<void> {
    const evse = command === "start" ? "--evse 'DE*WSL*E1'" : "";
    await this.machine.until(
      `runuser -u nobody -- wattseal tx ${command} --site test-1 --meter evse-1 --id ${id} ${evse} --json`,
    );
  }

  /** Has OpenSSL verify the record of a transaction in the journal. */
  async verifyRecord(id: string): Promise<void> {
    const lines = await this.machine.must(`runuser -u wattseal -- wattseal journal export --config ${site}`);
    const records = lines.split("\n").map((line) => JSON.parse(line)).filter((it) => it.transaction_id === id);
    if (records.length !== 1) throw new Error(`${records.length} records of ${id} in the journal: ${lines}`);
    const inside = `/root/record-${id}`;
    const run = (script: string) => this.machine.run(script);
    await verifyByOpenSsl(records[0], { folder: join(this.machine.root, inside), inside, run });
  }

  /** Number of records in the journal, and of those that are not delivered. */
  async records(): Promise<{ readonly all: number; readonly waiting: number }> {
    const list = `runuser -u wattseal -- wattseal journal list --config ${site} --json`;
    const [all, waiting] = await Promise.all([list, `${list} --undelivered`].map((it) => this.machine.must(it)));
    const count = (text = "") => text === "" ? 0 : text.split("\n").length;
    return { all: count(all), waiting: count(waiting) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.machine[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}
