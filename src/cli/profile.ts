import type { NatsConnection } from "nats";
import { fileProblem } from "../base/file_problem.ts";
import { dayMs, systemTime } from "../base/time.ts";
import { type IntervalPayload, intervalSchema, Subjects } from "../contract/mod.ts";
import { payloadOf, readStream } from "../fleet/mod.ts";
import { apiPrefix, deniedIn, deniedText, jetstreamReason, streamName } from "../nats/mod.ts";
import { dayProfile, localDay, meteringMessage, profileCsv, ProfileError } from "../profile/mod.ts";
import { type Bus, withBus } from "./bus_client.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { exitCode, type Io } from "./io.ts";
import { type MeteringArguments, meteringOptions } from "./metering_options.ts";
import { openOutput } from "./output.ts";
import { lines } from "./safe_text.ts";

/** Which load profile to write, and how. */
export interface ProfileArguments extends ConnectionOptions, MeteringArguments {
  /** A day of the calendar: `2026-03-29`. */
  readonly day: string;
  readonly timeZone: string;
  /** At least one. */
  readonly meters: readonly string[];
  /** @default the only site with intervals of these meters */
  readonly site?: string;
  readonly format: "csv" | "uftp";
  /** @default that of the meters */
  readonly ispMinutes?: number;
  /** File. @default standard output */
  readonly output?: string;
}

type ProfileIo = Pick<Io, "out" | "err" | "env">;

/**
 * Writes the load profile of a day.
 *
 * @returns the exit code: 0 written, 1 there are no intervals, or they do not make such a profile, 2 wrong usage, 3 no
 * connection to NATS
 */
export function profile(args: ProfileArguments, io: ProfileIo): Promise<number> {
  const metering = args.format === "uftp" ? meteringOptions(args, systemTime.now()) : undefined;
  if (typeof metering === "string") {
    io.err(lines(metering));
    return Promise.resolve(exitCode.usage);
  }
  return withBus(args, io, async (client, bus) => {
    const day = localDay(args.day, args.timeZone);
    try {
      const published = await readIntervals(client, bus, args, day.startMs);
      for (const meter of args.meters) {
        if (published.get(meter)?.length === 0) io.err(lines(`Meter ${meter} has no interval since ${args.day}`));
      }
      const made = dayProfile(day, published, args.ispMinutes);
      const text = metering === undefined ? profileCsv(made) : meteringMessage(made, metering);
      return write(text, args.output, io);
    } catch (error) {
      const denied = deniedIn(error);
      const reason = error instanceof ProfileError
        ? error.message
        : `Cannot read the stream ${streamName(bus.prefix, "intervals")}: ${
          denied === undefined ? jetstreamReason(error) : deniedText(denied)
        }`;
      io.err(lines(reason));
      return exitCode.failed;
    }
  });
}

/** @throws {ProfileError} there are no intervals of the meters, or of several sites */
async function readIntervals(
  client: NatsConnection,
  { prefix, jetstream: { domain } }: Bus,
  { meters, site = "*" }: ProfileArguments,
  sinceMs: number,
): Promise<Map<string, IntervalPayload[]>> {
  const found = new Map<string, IntervalPayload[]>(meters.map((meter) => [meter, []]));
  const sites = new Set<string>();
  for (const meter of meters) {
    const slice = {
      stream: streamName(prefix, "intervals"),
      filter: new Subjects(prefix, site).interval(meter),
      api: apiPrefix(domain),
      // An interval is stored after its end, unless the clocks of node and server differ
      fromMs: sinceMs - dayMs,
    };
    await readStream(client, slice, ({ subject, data }) => {
      const { data: payload } = intervalSchema.safeParse(payloadOf(data));
      if (payload === undefined) return;
      sites.add(subject.slice(prefix.length + 1).split(".")[0] ?? "");
      found.get(meter)?.push(payload);
    });
  }
  if (sites.size > 1) {
    throw new ProfileError(`Several sites have meters of these names (${[...sites].sort().join(", ")}): add --site`);
  }
  if (sites.size === 0) {
    throw new ProfileError(
      `No interval of ${meters.join(", ")} is stored since then: check --site, --meters and interval_minutes`,
    );
  }
  return found;
}

function write(text: string, path: string | undefined, io: ProfileIo): number {
  try {
    const output = openOutput(path, io);
    output.write(text);
    output.finish();
    return exitCode.done;
  } catch (error) {
    if (path === undefined) throw error;
    io.err(lines(`Cannot write to ${path}: ${fileProblem(error)}`));
    return exitCode.usage;
  }
}
