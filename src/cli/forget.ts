import { countText } from "../base/text.ts";
import { askOrReport } from "./ask_or_report.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { exitCode, type Io } from "./io.ts";
import { jsonLine, lines } from "./safe_text.ts";
import { stateFolder } from "./state_folder.ts";

/** The service asks the other processes of the site and waits for the streams of a hub. */
const replyMs = 30_000;

/** Which meter to forget, and who does it. */
export interface ForgetArguments extends ConnectionOptions {
  readonly meter: string;
  /** State folder of the service that does it. */
  readonly stateDir?: string;
  /** Site of the meter: the command itself removes the states over NATS. @default the service of this machine does it */
  readonly site?: string;
  /** With `site`: also if the last status of its service lists the meter, or if a transaction may be open. */
  readonly force: boolean;
  readonly json: boolean;
}

type ForgetIo = Pick<Io, "out" | "err" | "env">;

/**
 * Removes the last states of a meter that is no longer configured.
 *
 * @returns the exit code: 0 they are removed, or there are none; 1 refused, or not possible yet; 2 wrong usage; 3 no
 * service, or no connection
 */
export async function forget(args: ForgetArguments, io: ForgetIo): Promise<number> {
  const { site, meter, force, json, stateDir, config, ...connection } = args;
  if (site !== undefined) {
    if (stateDir !== undefined) {
      io.err(lines("--state-dir names a service, and --site removes the states without it: give only one"));
      return exitCode.usage;
    }
    const { fleetSiteRemove } = await import("./fleet_site.ts");
    const plan = { site, meter, force, waitMs: 0, dryRun: false, json };
    return await fleetSiteRemove({ ...plan, ...connection, ...(config === undefined ? {} : { config }) }, io);
  }
  const [unused] = Object.entries(connection).flatMap(([name, value]) => value === undefined ? [] : [name]);
  if (unused !== undefined || force) {
    io.err(
      lines("--force and the options of a connection need --site: without it, the service of this machine decides"),
    );
    return exitCode.usage;
  }
  const folder = await stateFolder({ stateDir, config }, io);
  return folder === undefined ? exitCode.usage : await byService(folder, { meter, json }, io);
}

async function byService(
  folder: string,
  { meter, json }: Pick<ForgetArguments, "meter" | "json">,
  io: ForgetIo,
): Promise<number> {
  const hint = "; without a service, give --site and the options of a connection";
  const reply = await askOrReport(folder, { request: { command: "forget", meter }, replyMs, hint, json }, io);
  if (typeof reply === "number") return reply;
  if (json) io.out(jsonLine(reply));
  if (reply.ok && reply["outcome"] === "forgotten") {
    if (!json) io.out(lines(forgottenText(meter, Number(reply["states"]))));
    return exitCode.done;
  }
  if (!json) io.err(lines(reply.ok ? `Not yet, the service retries: ${reply["reason"]}` : reply.error));
  return exitCode.failed;
}

function forgottenText(meter: string, states: number): string {
  return states === 0
    ? `Nothing to do: the stream of states has no state of meter ${meter}`
    : `Forgot meter ${meter}: ${countText(states, "state")} removed`;
}
