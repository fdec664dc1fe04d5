import { join } from "node:path";
import type { Place } from "./output_place.ts";
import type { Row } from "./output_rows.ts";

/** The running service, for the commands of one case. */
export interface Served {
  /** Its configuration. */
  readonly config: string;
  /** Address of its NATS server. */
  readonly server: string;
  /** The meter of this case. */
  readonly meter: string;
}

/** The commands whose result is another one while NATS cannot be reached. */
export function unservedRows(place: Place, served: Served): Row[] {
  const ofService: Readonly<Record<string, Pick<Row, "code" | "prints">>> = {
    health: { code: 1, prints: /^Medium +NATS is not connected/m },
    forget: { code: 1, prints: /^Not yet, the service retries: NATS is not connected/ },
  };
  const isLocal = ({ command }: Row) => command.startsWith("fleet operator");
  return [
    ...natsRows(place, served).filter((row) => !isLocal(row)).map((row) => (
      { ...row, code: 3, prints: /^Cannot connect to NATS at 127\./ }
    )),
    ...serviceRows(served).map((row) => ({ ...row, ...ofService[row.command] })),
  ];
}

/** The commands that use NATS. */
export function natsRows({ folder, keys }: Place, { server, meter }: Served): Row[] {
  const at = ["--server", server];
  const target = ["--site", "test", "--meter", meter, ...at];
  const site = `new-${meter}`;
  const files = ["--folder", join(folder, "sites"), ...at];
  return [
    {
      command: "tx start",
      args: [...target, "--evse", "DE*ABC*E1", "--id", "a-1"],
      code: 0,
      prints: /^Started a-1 on evse-/,
    },
    { command: "tx status", args: target, code: 0, prints: /^evse-\d: running$/m, fits: true },
    { command: "tx stop", args: [...target, "--id", "a-1"], code: 0, prints: /^Stopped a-1$/m, fits: true },
    { command: "watch", args: ["--once", ...at], code: 0, prints: /^(test +)?evse-1 /m, fits: true },
    { command: "fleet setup", args: [...at, "--topology", "single"], code: 0, prints: /^keep +stream WATTSEAL_OCMF/m },
    {
      command: "profile",
      args: ["--day", "2026-01-31", "--time-zone", "Europe/Berlin", "--meters", "none", ...at],
      code: 1,
      prints: /^(Cannot read the stream WATTSEAL_INTERVALS|No interval of none)/,
    },
    { command: "fleet list", args: at, code: 0, prints: /^test +/m, fits: true },
    { command: "fleet audit", args: at, code: 0, prints: /^test: clean/m, fits: true },
    {
      command: "fleet operator create",
      args: ["--folder", join(folder, "operator")],
      code: 0,
      prints: /^created the file .*keys\.json$/m,
    },
    {
      command: "fleet operator credentials",
      args: ["display-1", "--role", "viewer", "--folder", keys],
      code: 0,
      prints: /^created the file .*display-1\.creds$/m,
    },
    {
      command: "fleet operator renew",
      args: ["--folder", keys],
      code: 0,
      prints: /^changed the file .*accounts\.conf$/m,
    },
    { command: "fleet site add", args: [site, ...files], code: 0, prints: /^created the file .*site\.yaml$/m },
    {
      command: "fleet site rename",
      args: [site, `${site}-b`, "--force", ...files],
      code: 0,
      prints: /^created the file .*site\.yaml$/m,
    },
    {
      command: "fleet site remove",
      args: ["test", "--meter", `left-${meter}`, ...at],
      code: 0,
      prints: /^removed the states at the hub$/m,
    },
  ];
}

/** The commands that ask the running service. */
export function serviceRows({ config, meter }: Served): Row[] {
  const at = ["--config", config];
  return [
    { command: "health", args: at, code: 0, prints: /^Healthy: / },
    { command: "log-level", args: ["warn", ...at], code: 0, prints: /^The log level is warn/ },
    { command: "reload", args: at, code: 0, prints: /is in force: nothing has changed/ },
    {
      command: "acknowledge",
      args: [meter, "MeterExchanged", ...at],
      code: 0,
      prints: /^Nothing to do: meter .* does not have the fault MeterExchanged$/m,
    },
    { command: "forget", args: [`gone-${meter}`, ...at], code: 0, prints: /^Forgot meter gone-.*: 1 state removed/ },
  ];
}

/** The commands that use a line. */
export function lineRows({ folder, config, port }: Place): Row[] {
  const line = ["--serial-port", port, "--baudrate", "115200"];
  return [
    { command: "doctor", args: [config], code: 1, prints: /^problem +broker/m },
    { command: "read", args: [config], code: 0, prints: /evse-1/ },
    {
      command: "scan",
      args: [...line, "--units", "1", "--timeout", "10000"],
      code: 0,
      prints: /^# yaml-language-server: \$schema=\/[^]*^lines:$/m,
    },
    {
      command: "field-test",
      // A busy machine may answer later than a meter may
      busyCode: 1,
      args: [...line, "--unit", "1", "--output", join(folder, "report.txt")],
      code: 0,
      prints: /report\.txt/,
    },
    { command: "journal fetch", args: ["--config", config, "--meter", "evse-1"], code: 0, prints: /held-1/ },
    {
      command: "bridge",
      args: ["--serial-port", "/dev/missing", "--baudrate", "9600", "--listen", `unix:${join(folder, "socket")}`],
      code: 3,
      prints: /\/dev\/missing/,
    },
  ];
}

/** The commands that use files only. */
export function fileRows({ folder, config }: Place): Row[] {
  const journal = ["--state-dir", folder];
  const copy = join(folder, "copy.db");
  const records = join(folder, "records.jsonl");
  const repeats = true;
  return [
    // The streams of a running service: tests/service/unwritable_log_test.ts
    { command: "start", args: [join(folder, "broken.yaml")], code: 2, prints: /site/ },
    { command: "everest", args: ["--config", join(folder, "broken.yaml")], code: 2, prints: /meters: found nothing/ },
    { command: "web", args: ["--listen", "0.0.0.0:8780"], code: 2, prints: /--listen .* without a login/ },
    { command: "check-config", args: [config], code: 0, prints: /^site: test$/m, repeats: false },
    { command: "schema", args: [], code: 0, prints: /^}$/m, repeats },
    { command: "import-everest", args: [join(folder, "everest.yaml")], code: 0, prints: /^lines:$/m, repeats },
    { command: "journal list", args: journal, code: 0, prints: /^4 records: /m, fits: true, repeats },
    { command: "journal show", args: [...journal, "tx-2"], code: 0, prints: /tx-2/, repeats },
    { command: "journal export", args: [...journal, "--output", records], code: 0, prints: /^/ },
    { command: "journal export", args: journal, code: 0, prints: /OCMF/, repeats },
    { command: "verify", args: [records], code: 1, prints: /^4 records: /m, fits: true, repeats },
    { command: "journal backup", args: [...journal, copy], code: 0, prints: /copy\.db/ },
    { command: "journal restore", args: ["--state-dir", join(folder, "restored"), copy], code: 0, prints: /4 records/ },
    { command: "journal redeliver", args: [...journal, "--all"], code: 0, prints: /1 record again/ },
  ];
}
