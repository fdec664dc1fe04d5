import { Command, InvalidArgumentError, Option } from "commander";
import { baudrate, example, whole, wholes } from "./arguments.ts";
import type { Io } from "./io.ts";
import { rtsOf, type RtsOptions, withRts } from "./rts_options.ts";

const parities = ["none", "odd", "even"] as const;

interface ScanOptions extends RtsOptions {
  serialPort: string;
  baudrate: number[];
  parity: (typeof parities[number])[];
  units: number[];
  timeout: number;
  json?: boolean;
}

/** `scan`. @param done takes the exit code */
export function scanCommand(io: Io, done: (code: number) => void): Command {
  return withRts(new Command("scan"))
    .description("Find the meters on a line; stop the service first, it holds the line")
    .requiredOption("--serial-port <path>", "device, /dev/ttyUSB0 for one")
    .addOption(
      listed("--baudrate <list>", "baud rates, in the order to try them", "9600,115200,19200,38400,57600", rates),
    )
    .addOption(listed("--parity <list>", "parities to try: none, odd, even", "none", parityList))
    .addOption(listed("--units <list>", "unit ids", "1-247", wholes(1, 247)))
    .option("--timeout <ms>", "how long to wait for a meter, beyond the time on the wire", whole(10, 10_000), 100)
    .option(
      "--json",
      "print one JSON object a meter: {unit, model, identification_code, serial_number, baudrate, parity}",
    )
    .addHelpText("after", example("deno task scan --serial-port /dev/ttyUSB0 --baudrate 9600,115200 --units 1-20"))
    .action(async ({ serialPort, units, baudrate, parity, timeout, json, ...options }: ScanOptions) => {
      const { scan } = await import("./scan.ts");
      const wanted = { baudrates: baudrate, parities: parity, timeoutMs: timeout, json: json === true };
      done(await scan({ serialPort, units, ...wanted, rts: rtsOf(options) }, io));
    });
}

/** An option that takes a list; the help shows its default as it would be typed. */
function listed<T>(flags: string, description: string, fallback: string, parse: (text: string) => T): Option {
  return new Option(flags, description).argParser(parse).default(parse(fallback), fallback);
}

function rates(text: string): number[] {
  return text.split(",").map(baudrate);
}

function parityList(text: string): (typeof parities[number])[] {
  return text.split(",").map((word) => {
    const parity = parities.find((known) => known === word);
    if (parity === undefined) throw new InvalidArgumentError(`Allowed: ${parities.join(", ")}.`);
    return parity;
  });
}
