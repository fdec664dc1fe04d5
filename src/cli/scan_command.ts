import { Command, InvalidArgumentError, Option } from "commander";
import { baudrate, example, wholeNumber, wholeNumbers } from "./arguments.ts";
import { exitCode, type Io } from "./io.ts";
import { rtsOf, type RtsOptions, withRts } from "./rts_options.ts";
import { lines } from "./safe_text.ts";

/** How long to wait for a meter. */
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

/** The command `scan`. @param done receives the exit code */
export function scanCommand(io: Io, done: (code: number) => void): Command {
  return withRts(new Command("scan"))
    .description("Find the meters on a line and print a configuration; stop the service first: it uses the line")
    .option(
      "--serial-port <path>",
      "device, for example /dev/ttyUSB0; without --serial-port and --gateway, " +
        "lists all ports",
    )
    .addOption(
      new Option("--gateway <address>", "unix:PATH, tcp://HOST:PORT or modbus-tcp://HOST:PORT, instead of a port")
        .conflicts("serialPort"),
    )
    .addOption(
      listed(
        "--baudrate <list>",
        "baud rates to try, in this order",
        "9600,115200,19200,38400,57600",
        rates,
      ),
    )
    .addOption(listed("--parity <list>", "parities to try: none, odd, even", "none", parityList))
    .addOption(listed("--units <list>", "unit ids", "1-247", wholeNumbers(1, 247)))
    .option(
      "--timeout <ms>",
      `how long to wait for a meter, in addition to the time on the wire (default: ${timeoutMs.port}, for a gateway ` +
        `${timeoutMs.gateway})`,
      wholeNumber(10, 10_000),
    )
    .option(
      "--json",
      "print one JSON object per meter: {unit, model, identification_code, serial_number, wiring, baudrate, parity}",
    )
    .addHelpText(
      "after",
      example(
        "wattseal scan --serial-port /dev/ttyUSB0 > site.yaml",
        "wattseal scan --serial-port /dev/ttyUSB0 --baudrate 9600,115200 --units 1-20",
        "wattseal scan --gateway modbus-tcp://10.0.0.5:502",
      ),
    )
    .action(async ({ serialPort, gateway, units, baudrate, parity, timeout, json, ...options }: ScanOptions) => {
      const { stablePath, serialPorts } = await import("./serial_ports.ts");
      if (serialPort === undefined && gateway === undefined) {
        io.err(lines(...portsText(await serialPorts())));
        return done(exitCode.usage);
      }
      const { scan } = await import("./scan.ts");
      const { gatewayForms, parseGateway } = await import("../config/mod.ts");
      const endpoint = gateway === undefined
        ? { kind: "serial", path: await stablePath(serialPort ?? "") } as const
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
    return ["Name a port with --serial-port, or a gateway with --gateway. This machine has no serial port"];
  }
  return [
    "Name one of these ports with --serial-port, or a gateway with --gateway:",
    ...ports.map((port) => `  ${port}`),
  ];
}

/** Undefined if Deno has no permission to read it. */
function hostName(): string | undefined {
  try {
    return Deno.hostname();
  } catch {
    return undefined;
  }
}

/** An option with a list as its value. The help shows the default as the user would type it. */
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
