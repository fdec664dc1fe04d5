import type { NatsConnection } from "nats";
import { errorText } from "../base/log.ts";
import { systemTime } from "../base/time.ts";
import { aborted } from "../base/waits.ts";
import { type Bus, withBus } from "./bus_client.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { findStream, Fleet, payloadOf, readStream } from "../fleet/mod.ts";
import { nodeToken, Subjects } from "../contract/mod.ts";
import { apiPrefix, deniedIn, deniedText, jetstreamOf } from "../nats/mod.ts";
import { fleetTable } from "./fleet_table.ts";
import { exitCode, type Io } from "./io.ts";
import { Screen } from "./screen.ts";
import { jsonLine, lines } from "./safe_text.ts";

/** What to watch. */
export interface WatchArguments extends ConnectionOptions {
  /** This site only. */
  readonly site?: string;
  /** This meter only. */
  readonly meter?: string;
  readonly json: boolean;
}

type WatchIo = Omit<Io, "readInput" | "background" | "onHangup">;

/** Interval of drawings on a terminal, and in a file. */
const drawMs = { terminal: 500, file: 10_000 } as const;
/** Maximum size of a payload. The status of a node with very many meters is shorter. */
const maxPayloadBytes = 500_000;
/** Delay before the first drawing, so that data has arrived. */
const firstDrawDelayMs = 1000;

/**
 * Shows the fleet until it is interrupted: as a live table, or with `json` as one object for each reading, status and
 * fault. The retained states are shown immediately.
 *
 * @returns the exit code: 130 interrupted, 2 an address or credentials are invalid, 3 no connection to NATS, or the
 * connection was closed
 */
export function watch(args: WatchArguments, io: WatchIo): Promise<number> {
  return withBus(args, io, (client, bus) => watchOn(client, { ...args, ...bus }, io));
}

async function watchOn(client: NatsConnection, args: WatchArguments & Bus, io: WatchIo): Promise<number> {
  const fleet = new Fleet();
  const take = (subject: string, data: Uint8Array, ageMs: number) => {
    const tokens = subject.slice(args.prefix.length + 1).split(".");
    const update = fleet.apply(
      tokens,
      data.length > maxPayloadBytes ? undefined : payloadOf(data),
      systemTime.mono() - ageMs,
    );
    if (update === undefined || !args.json) return;
    const { payload, ...rest } = update;
    io.out(jsonLine({ ...rest, ...payload }));
  };
  const subjects = subjectsOf(args);
  for (const subject of [...subjects.live, ...subjects.kept]) {
    client.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) return take(message.subject, message.data, 0);
        io.err(lines(`Cannot watch ${subject}: ${refusalOf(error)}`));
      },
    });
  }
  void readKept(client, args, subjects.kept, take)
    .catch((error) => io.err(lines(`Cannot read the retained states: ${refusalOf(error)}`)));
  const closed = client.closed();
  const drawing = args.json ? closed : draw(fleet, wantedText(args), io, closed);
  await Promise.race([aborted(io.interrupted), drawing]);
  if (io.interrupted.aborted) return exitCode.interrupted;
  io.err(lines("The connection to NATS was lost"));
  return exitCode.unreachable;
}

function subjectsOf({ prefix, site = "*", meter = "*" }: WatchArguments & Bus) {
  const subjects = new Subjects(prefix, site);
  const states = [subjects.status(meter), subjects.fault(meter, "*")];
  return {
    live: [subjects.reading(meter)],
    kept: meter === "*" ? states : [...states, subjects.status(nodeToken)],
  };
}

/**
 * Reads the retained states. Without JetStream, the live messages still arrive.
 *
 * @throws {NatsError} this user has no permission to read them
 */
async function readKept(
  client: NatsConnection,
  { prefix, jetstream }: Bus,
  subjects: readonly string[],
  take: (subject: string, data: Uint8Array, ageMs: number) => void,
): Promise<void> {
  try {
    const state = await findStream(await jetstreamOf(client, jetstream.domain), prefix, "state");
    if (state === undefined) return;
    for (const filter of subjects) {
      const slice = { stream: state.config.name, api: apiPrefix(jetstream.domain), filter, last: true };
      await readStream(client, slice, ({ subject, data, ageMs }) => take(subject, data, ageMs));
    }
  } catch (error) {
    if (deniedIn(error) !== undefined) throw error;
  }
}

function refusalOf(error: unknown): string {
  const denied = deniedIn(error);
  return denied === undefined ? errorText(error) : deniedText(denied, "connect as a viewer of the account");
}

async function draw(fleet: Fleet, requested: string, io: WatchIo, closed: Promise<void | Error>): Promise<void> {
  const screen = new Screen(io);
  let open = true;
  closed.then(() => open = false);
  await systemTime.sleep(firstDrawDelayMs, io.interrupted);
  while (open && !io.interrupted.aborted) {
    screen.draw(fleetTable(fleet, systemTime.mono(), { size: io.terminalSize(), requested }), true);
    await systemTime.sleep(io.isTerminal ? drawMs.terminal : drawMs.file, io.interrupted);
  }
}

/** Describes the subscription, in words and as a subject. */
function wantedText({ prefix, site, meter }: WatchArguments & Bus): string {
  const where = site === undefined ? "any site" : `site ${site}`;
  const what = meter === undefined ? where : `meter ${meter} of ${where}`;
  return `${what} (${prefix}.${site ?? "*"}.${meter ?? "*"}.>)`;
}
