import { join } from "node:path";
import { SimulatedLine, SimulatedMeter } from "../../src/simulator/mod.ts";
import { TempFolder } from "../journal/temp_folder.ts";
import { everest } from "./everest_file.ts";
import { filled } from "./filled_journal.ts";
import { leaveRecord } from "./leave_record.ts";

/** What the commands of one case use: a folder with a journal, and the line of a stopped service. */
export interface Place extends AsyncDisposable {
  /** State folder, also for the files of the commands. */
  readonly folder: string;
  /** Configuration of the stopped service; its meter evse-1 holds a record. */
  readonly config: string;
  /** Folder with the keys of an operator. */
  readonly keys: string;
  /** Device of the line. */
  readonly port: string;
}

/** Makes the place of one case. @param operator folder with keys, which are copied */
export async function openPlace(operator: string): Promise<Place> {
  await using parts = new AsyncDisposableStack();
  const temp = parts.use(new TempFolder());
  filled(temp);
  temp.journal.close();
  const folder = temp.path;
  const port = join(folder, "meter");
  const meter = new SimulatedMeter({ unit: 1, load: "still", closingMs: 0 });
  const line = parts.use(SimulatedLine.open([meter], { paced: false, linkPath: port }));
  await leaveRecord(line.path, "held-1");
  const files = {
    "site.yaml": `site: test
nats: { servers: ["127.0.0.1:1"] }
state_dir: fetched
lines:
  - name: rs485-1
    serial_port: ./meter
    baudrate: 115200
    initial_timeout_ms: 10000
    within_message_timeout_ms: 1000
    meters: [{ name: evse-1, powermeter_device_id: 1 }]
`,
    "broken.yaml": "site: a b\n",
    "everest.yaml": everest,
  };
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(folder, name), text);
  const keys = join(folder, "keys");
  await Deno.mkdir(keys);
  for await (const { name } of Deno.readDir(operator)) await Deno.copyFile(join(operator, name), join(keys, name));
  const owned = parts.move();
  return { folder, config: join(folder, "site.yaml"), keys, port, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
