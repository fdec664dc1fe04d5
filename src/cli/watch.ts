import type { NatsConnection } from "nats";
import { systemTime, type Time } from "../base/time.ts";
import { aborted, LinkedAbort } from "../base/waits.ts";
import { type Fleet, FleetSource } from "../fleet/mod.ts";
import { type Bus, withBus } from "./bus_client.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { exitCode, type Io } from "./io.ts";
import { jsonLine, lines } from "./safe_text.ts";
import { WatchView } from "./watch_view.ts";

/** What to watch. */
export interface WatchArguments extends ConnectionOptions {
  /** This site only. */
  readonly site?: string;
  /** This meter only. */
  readonly meter?: string;
  readonly json: boolean;
  /** Exit after one complete table. @default false */
  readonly once?: boolean;
  /** Show the version of the service of each meter. @default false */
  readonly versions?: boolean;
}

type WatchIo =
  & Pick<Io, "out" | "err" | "env" | "isTerminal" | "terminalSize">
  & Pick<Io, "holdTerminal" | "interrupted" | "onHangup">;

/** The maximum wait for a reading of each meter. */
const onceMs = 10_000;
/** A server behind a dead link is detected after three of these intervals. */
const pingInterval = 10_000;

/**
 * Shows the fleet until it is interrupted: as a live table, or with `json` as one object for each reading, status and
 * fault. The retained states are shown immediately.
 *
 * @returns the exit code: 0 the user has quit, or the one table is complete; 1 the one table is empty or incomplete,
 * 2 an address or credentials are invalid, 3 no connection to NATS, or the connection was closed; 130 interrupted
 */
export function watch(args: WatchArguments, io: WatchIo, time: Time = systemTime): Promise<number> {
  // A person sees the banner and decides; a program must learn that nothing arrives
  const reconnection = isLive(args, io) ? { pingInterval, maxReconnectAttempts: -1 } : { pingInterval };
  return withBus(args, io, (client, bus) => watchOn(client, { ...args, ...bus }, io, time), reconnection);
}

async function watchOn(
  client: NatsConnection,
  args: WatchArguments & Bus,
  io: WatchIo,
  time: Time,
): Promise<number> {
  const problems: string[] = [];
  let onUpdate = () => {};
  const source = new FleetSource(client, { ...args, domain: args.jetstream.domain }, {
    update: ({ payload, ...rest }) => {
      if (args.json) io.out(jsonLine({ ...rest, ...payload }));
      onUpdate();
    },
    problem: (text) => isLive(args, io) ? problems.push(text) : io.err(lines(text)),
    connectionChanged: () => view.redraw(),
  }, time);
  using end = new LinkedAbort(io.interrupted);
  const { signal } = end;
  io.onHangup(end.abort);
  let isClosed = false;
  client.closed().then(() => {
    isClosed = true;
    end.abort();
  });
  const { versions = false } = args;
  const view = new WatchView(
    { source, problems, requested: requestedText(args), versions, end, time },
    io,
  );
  const read = source.start();
  let code: number = exitCode.interrupted;
  if (args.once === true) {
    const isRead = await Promise.race([read, aborted(signal)]) === true;
    await allReadings(source.fleet, (next) => onUpdate = next, { signal, time });
    if (!args.json && !signal.aborted) io.out(lines(...view.table({ size: widthOnly(io) })));
    if (!signal.aborted) code = isRead && source.fleet.meters.length > 0 ? exitCode.done : exitCode.failed;
  } else if (args.json) await aborted(signal);
  else {
    void read.then(() => source.removeForgotten(() => view.redraw(), signal));
    if (await view.run()) code = exitCode.done;
  }
  if (!isClosed) return code;
  io.err(lines("The connection to NATS was lost"));
  return exitCode.unreachable;
}

/** Whether the table is redrawn on a terminal. */
function isLive({ json, once }: WatchArguments, { isTerminal }: WatchIo): boolean {
  return isTerminal && !json && once !== true;
}

/** Resolves when each meter in service has a reading, after a limit, or when the signal is aborted. */
async function allReadings(
  fleet: Fleet,
  onUpdate: (next: () => void) => void,
  { signal, time }: { readonly signal: AbortSignal; readonly time: Time },
): Promise<void> {
  const isMissing = () =>
    fleet.meters.length === 0 ||
    fleet.meters.some(({ status, reading }) => reading === undefined && status?.state !== "offline");
  using limit = new LinkedAbort(signal);
  const late = time.sleep(onceMs, limit.signal).then(limit.abort);
  while (isMissing() && !limit.signal.aborted) {
    await Promise.race([new Promise<void>((resolve) => onUpdate(resolve)), late]);
  }
}

/** One table is as long as it needs to be. */
function widthOnly(io: WatchIo) {
  return { rows: 0, columns: io.terminalSize()?.columns ?? 0 };
}

/** Describes the subscription, in words and as a subject. */
function requestedText({ prefix, site, meter }: WatchArguments & Bus): string {
  const where = site === undefined ? "any site" : `site ${site}`;
  const what = meter === undefined ? where : `meter ${meter} of ${where}`;
  return `${what} (${prefix}.${site ?? "*"}.${meter ?? "*"}.>)`;
}
