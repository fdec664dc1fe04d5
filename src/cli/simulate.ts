import { resolve } from "node:path";
import { errorText } from "../base/log.ts";
import { aborted } from "../base/waits.ts";
import { meterModels } from "../meter/mod.ts";
import { SimulatedLine, SimulatedMeter, type SimulatedMeterOptions, type Wiring } from "../simulator/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { jsonLine, lines } from "./safe_text.ts";

/** What to simulate. */
export interface SimulateArguments {
  /** Number of meters; their unit ids start at 1. */
  readonly meters: number;
  /** Names of {@linkcode simulatedKinds} or of models; the meters cycle through them. */
  readonly kinds: readonly string[];
  readonly baudrate: number;
  /** Pause of a meter before it answers, in milliseconds. */
  readonly turnaroundMs: number;
  /** A symbolic link to the device, for a stable name. */
  readonly link?: string;
  /** Serial numbers of the first meters, which also decide their keys. @default derived from the unit ids */
  readonly serialNumbers?: readonly string[];
  /** Whether the meters copy texts into their records without escaping, as a real meter might. */
  readonly rawTexts?: boolean;
  /** Simulated wiring fault, if any. */
  readonly wiring?: Wiring["kind"];
  readonly json: boolean;
}

/** The kinds of meters, in their default order. */
export const simulatedKinds: Readonly<
  Record<string, Pick<SimulatedMeterOptions, "model" | "keyBits" | "identificationCode">>
> = {
  "em580-256": { model: "em580", keyBits: 256 },
  "em580-384": { model: "em580", keyBits: 384 },
  "em340": { model: "em300", identificationCode: 341 },
  "em580-none": { model: "em580", keyBits: "none" },
};

interface SimulatedModel {
  readonly options: Pick<SimulatedMeterOptions, "model" | "keyBits" | "identificationCode">;
  /** Name of the model for output: `EM340`. */
  readonly title: string;
}

/** All simulated meters by name: the kinds, and one meter of each series. */
function simulatedModels(): ReadonlyMap<string, SimulatedModel> {
  const kinds = Object.entries(simulatedKinds).map(([kind, options]) =>
    [kind, { options, title: kind.replace(/-.*/, "").toUpperCase() }] as const
  );
  const models = meterModels.map(({ name, title }) => [name, { options: { model: name }, title }] as const);
  return new Map<string, SimulatedModel>([...kinds, ...models]);
}

/**
 * Runs simulated meters on a pseudo-terminal until it is interrupted. When the meters are ready, prints where they are;
 * with `json` as one object on one line: `{path, meters: [{name, unit, model}]}`.
 *
 * @returns the exit code: 130 interrupted, 2 an unknown kind, 3 no pseudo-terminal or no link
 */
export async function simulate(args: SimulateArguments, io: Pick<Io, "out" | "err" | "interrupted">): Promise<number> {
  const models = simulatedModels();
  const unknown = args.kinds.filter((kind) => !models.has(kind));
  if (unknown.length > 0 || args.kinds.length === 0) {
    io.err(lines(`Cannot simulate "${unknown.join(",")}": allowed are ${[...models.keys()].join(", ")}`));
    return exitCode.usage;
  }
  const optionsAt = (index: number): SimulatedMeterOptions => ({
    ...models.get(args.kinds[index % args.kinds.length] ?? "")?.options,
    unit: index + 1,
    name: `evse-${index + 1}`,
    recordTexts: args.rawTexts === true ? "raw" : "escaped",
    ...withSerialNumber(args.serialNumbers?.[index]),
  });
  let meters: readonly NamedMeter[];
  let opened: SimulatedLine;
  try {
    meters = Array.from({ length: args.meters }, (_, index): NamedMeter => {
      const kind = args.kinds[index % args.kinds.length] ?? "";
      return { meter: new SimulatedMeter(optionsAt(index)), model: models.get(kind)?.title ?? "" };
    });
    opened = SimulatedLine.open(meters.map(({ meter }) => meter), {
      baudrate: args.baudrate,
      turnaroundMs: args.turnaroundMs,
      keepRequests: 1,
      ...(args.wiring !== undefined && { wiring: wiringOf(args.wiring, optionsAt(0)) }),
      ...(args.link !== undefined && { linkPath: resolve(args.link) }),
    });
  } catch (error) {
    io.err(lines(`Cannot simulate a line: ${errorText(error)}`));
    return error instanceof RangeError ? exitCode.usage : exitCode.unreachable;
  }
  await using line = opened;
  io.out(args.json ? jsonLine(ready(line, meters)) : lines(...readyText(line, meters, args.baudrate)));
  await aborted(io.interrupted);
  return exitCode.interrupted;
}

/** Another meter also has another key. */
function withSerialNumber(text = ""): Pick<SimulatedMeterOptions, "serialNumber" | "seed"> {
  if (text === "") return {};
  return { serialNumber: text, seed: Array.from(text).reduce((seed, sign) => seed * 31 + sign.charCodeAt(0) | 0, 7) };
}

/** @param first options of the meter whose unit id is doubled */
function wiringOf(kind: Wiring["kind"], first: SimulatedMeterOptions): Wiring {
  if (kind !== "doubled") return { kind };
  return { kind, second: new SimulatedMeter({ ...first, name: "second", seed: 99, serialNumber: "ZZ98765" }) };
}

/** A simulated meter with the name of its model for output: `EM340`. */
interface NamedMeter {
  readonly meter: SimulatedMeter;
  readonly model: string;
}

function ready(line: SimulatedLine, meters: readonly NamedMeter[]) {
  return {
    path: line.path,
    meters: meters.map(({ meter, model }) => ({ name: meter.name, unit: meter.unit, model })),
  };
}

/** The section of a configuration file for these meters. */
function readyText(line: SimulatedLine, meters: readonly NamedMeter[], baudrate: number): string[] {
  return [
    "lines:",
    "  - name: simulated",
    `    serial_port: ${line.path}`,
    `    baudrate: ${baudrate}`,
    "    meters:",
    ...meters.map(({ meter, model }) =>
      `      - { name: ${meter.name}, powermeter_device_id: ${meter.unit} } # ${model}`
    ),
    "clock: { require_sync: false } # simulated meters accept any time",
    "# Press Ctrl-C to stop the meters.",
  ];
}
