import { Command, InvalidArgumentError, Option } from "commander";
import { gatewayForms, parseGateway } from "../config/mod.ts";
import { baudrate, example, wholeNumber } from "./arguments.ts";
import { exitCode, type Io } from "./io.ts";
import { lines } from "./safe_text.ts";

interface FieldTestOptions {
  serialPort?: string;
  gateway?: NonNullable<ReturnType<typeof parseGateway>>;
  unit: number;
  baudrate: number;
  parity: "none" | "odd" | "even";
  transaction?: boolean;
  powerCycle?: boolean;
  mask?: boolean;
  output?: string;
}

/** The command `field-test`. @param done receives the exit code */
export function fieldTestCommand(io: Io, done: (code: number) => void): Command {
  return new Command("field-test")
    .description(
      "Check one real meter against assumptions that no document confirms (docs/hardware.md), record every frame " +
        "and write one report for the project. Without --transaction and --power-cycle it only reads. Stop the " +
        "service first: it uses the line",
    )
    .option("--serial-port <path>", "device, for example /dev/ttyUSB0")
    .option("--gateway <address>", "gateway, instead of a device", gateway)
    .requiredOption("--unit <id>", "unit id of the meter", wholeNumber(1, 247))
    .option("--baudrate <b>", "bits per second", baudrate, 9600)
    .addOption(new Option("--parity <parity>", "parity bit").choices(["none", "odd", "even"]).default("none"))
    .option(
      "--transaction",
      "also run one short transaction with a test id; its record is erased after it is in the report",
    )
    .option(
      "--power-cycle",
      "also ask you to switch the meter off and on; with --transaction the meter's clock is set afterwards",
    )
    .option("--mask", "hide serial numbers in the report")
    .option("--output <file>", "file of the report (default: a name with the time, in the current folder)")
    .addHelpText(
      "after",
      example(
        "deno task field-test --serial-port /dev/ttyUSB0 --unit 1",
        "deno task field-test --serial-port /dev/ttyUSB0 --unit 1 --transaction --mask",
      ),
    )
    .action(async ({ serialPort, gateway, transaction, powerCycle, mask, ...options }: FieldTestOptions) => {
      const endpoints = [
        ...(serialPort === undefined ? [] : [{ kind: "serial", path: serialPort } as const]),
        ...(gateway === undefined ? [] : [gateway]),
      ];
      const [endpoint] = endpoints;
      if (endpoint === undefined || endpoints.length > 1) {
        io.err(lines("Give exactly one of --serial-port and --gateway"));
        return done(exitCode.usage);
      }
      const { runFieldTest } = await import("./field_test.ts");
      const requested = { transaction: transaction === true, powerCycle: powerCycle === true, mask: mask === true };
      done(await runFieldTest({ ...options, ...requested, endpoint }, io));
    });
}

function gateway(text: string): NonNullable<ReturnType<typeof parseGateway>> {
  const endpoint = parseGateway(text);
  if (endpoint === undefined) throw new InvalidArgumentError(`Allowed: ${gatewayForms}.`);
  return endpoint;
}
