import { Command, Option } from "commander";
import { baudrate, example, wholeNumber } from "./arguments.ts";
import { exitCode, type Io } from "./io.ts";
import { lines } from "./safe_text.ts";

interface FieldTestOptions {
  serialPort?: string;
  gateway?: string;
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
    .option("--gateway <address>", "gateway, instead of a device")
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
        "wattseal field-test --serial-port /dev/ttyUSB0 --unit 1",
        "wattseal field-test --serial-port /dev/ttyUSB0 --unit 1 --transaction --mask",
      ),
    )
    .action(async ({ serialPort, gateway, transaction, powerCycle, mask, ...options }: FieldTestOptions) => {
      if ((serialPort === undefined) === (gateway === undefined)) {
        io.err(lines("Give exactly one of --serial-port and --gateway"));
        return done(exitCode.usage);
      }
      const { gatewayForms, parseGateway } = await import("../config/mod.ts");
      const endpoint = gateway === undefined
        ? { kind: "serial", path: serialPort ?? "" } as const
        : parseGateway(gateway);
      if (endpoint === undefined) {
        io.err(
          lines(`error: option '--gateway <address>' argument '${gateway}' is invalid. Allowed: ${gatewayForms}.`),
        );
        return done(exitCode.usage);
      }
      const { runFieldTest } = await import("./field_test.ts");
      const requested = { transaction: transaction === true, powerCycle: powerCycle === true, mask: mask === true };
      done(await runFieldTest({ ...options, ...requested, endpoint }, io));
    });
}
