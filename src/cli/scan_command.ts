import { Command, InvalidArgumentError, Option } from "commander";
import { baudrate, example, whole, wholes } from "./arguments.ts";
import { exitCode, type Io } from "./io.ts";
import { rtsOf, type RtsOptions, withRts } from "./rts_options.ts";
import { lines } from "./safe_text.ts";

/** How long a meter is waited for. */
const timeoutMs = { port: 100, gateway: 500 } as const;

const parities = ["none", "odd", "even"] as const;

interface ScanOptions extends RtsOptions {
  serialPort?: string;
  gateway?: string;
  baudrate: number[];
  parity: (typeof parities[number])[];
  units: number[];
  timeout?: number;
  json?: boolean;
}

/** `scan`. @param done takes the exit code */
export function scanCommand(io: Io, done: (code: number) => void): Command {
  return withRts(new Command("scan"))
    .description("Find the meters on a line and print a configuration; stop the service first, it holds the line")
    .option("--serial-port <path>", "device, /dev/ttyUSB0 for one; without it and --gateway, all ports are listed")
    .addOption(
      new Option("--gateway <address>", "unix:PATH, tcp://HOST:PORT or modbus-tcp://HOST:PORT, in place of a port")
        .conflicts("serialPort"),
    )
    .addOption(
      listed(
        "--baudrate <list>",
        "baud rates of a port, in the order to try them",
        "9600,115200,19200,38400,57600",
        rates,
      ),
    )
    .addOption(listed("--parity <list>", "parities of a port to try: none, odd, even", "none", parityList))
    .addOption(listed("--units <list>", "unit ids", "1-247", wholes(1, 247)))
    .option(
      "--timeout <ms>",
      `how long to wait for a meter, beyond the time on the wire (default: ${timeoutMs.port}, through a gateway ` +
        `${timeoutMs.gateway})`,
      whole(10, 10_000),
    )
    .option(
      "--json",
      "print one JSON object a meter: {unit, model, identification_code, serial_number, wiring, baudrate, parity}",
    )
    .addHelpText(
      "after",
      example(
        "deno task scan --serial-port /dev/ttyUSB0 > site.yaml",
        "deno task scan --serial-port /dev/ttyUSB0 --baudrate 9600,115200 --units 1-20",
        "deno task scan --gateway modbus-tcp://10.0.0.5:502",
      ),
    )
    .action(async ({ serialPort, gateway, units, baudrate, parity, timeout, json, ...options }: ScanOptions) => {
      const { lastingPath, serialPorts } = await import("./serial_ports.ts");
      if (serialPort === undefined && gateway === undefined) {
        io.err(lines(...portsText(await serialPorts())));
        return done(exitCode.usage);
      }
      const { scan } = await import("./scan.ts");
      const { gatewayForms, parseGateway } = await import("../config/mod.ts");
      const endpoint = gateway === undefined
        ? { kind: "serial", path: await lastingPath(serialPort ?? "") } as const
        : parseGateway(gateway);
      if (endpoint === undefined) {
        io.err(
          lines(`error: option '--gateway <address>' argument '${gateway}' is invalid. Allowed: ${gatewayForms}.`),
        );
        return done(exitCode.usage);
      }
      const usualMs = gateway === undefined ? timeoutMs.port : timeoutMs.gateway;
      const how = { baudrates: baudrate, parities: parity, units, timeoutMs: timeout ?? usualMs, rts: rtsOf(options) };
      done(await scan({ endpoint, ...how, host: hostName(), json: json === true }, io));
    });
}

function portsText(ports: readonly string[]): string[] {
  if (ports.length === 0) {
    return ["name a port with --serial-port, or a gateway with --gateway; this machine has no serial port"];
  }
  return [
    "name one of these ports with --serial-port, or a gateway with --gateway:",
    ...ports.map((port) => `  ${port}`),
  ];
}

/** Undefined where Deno may not ask for it. */
function hostName(): string | undefined {
  try {
    return Deno.hostname();
  } catch {
    return undefined;
  }
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
