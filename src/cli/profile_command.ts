import { Command, InvalidArgumentError, Option } from "commander";
import { isTimeZone } from "../base/time_zone.ts";
import { dayOrTime, example, token, wholeNumber } from "./arguments.ts";
import { withConnection } from "./connection_options.ts";
import type { Io } from "./io.ts";
import type { ProfileArguments } from "./profile.ts";

/** The command `profile`. @param done receives the exit code */
export function profileCommand(io: Io, done: (code: number) => void): Command {
  const command = new Command("profile")
    .description("Write the load profile of a day from the stored intervals of meters (interval_minutes)")
    .requiredOption("--day <day>", "the day: 2026-03-29", calendarDay)
    .requiredOption("--time-zone <zone>", "time zone of the day, for example Europe/Berlin", timeZone)
    .requiredOption("--meters <names>", "names of meters of one site, separated by commas", tokens)
    .option("--site <site>", "site of the meters (default: the only site with meters of these names)", token)
    .addOption(
      new Option("--format <format>", "csv: a line for each meter and interval; uftp: a Metering message of UFTP")
        .choices(["csv", "uftp"]).default("csv"),
    )
    .option(
      "--isp-minutes <n>",
      "minutes of an interval: 5, 10, 15, 30 or 60 (default: those of the meters)",
      ispMinutes,
    )
    .option("--output <file>", "write to a new file, or replace one (default: standard output)")
    .optionsGroup("Metering message:")
    .option("--ean <ean>", "EAN of the connection point, with or without its E")
    .addOption(
      new Option("--ean-digits <n>", "digits of an EAN: 18 in the present libraries, 16 in the text of UFTP 3.1.0")
        .choices(["16", "18"]).default("18"),
    )
    .option("--sender-domain <domain>", "Internet domain of the aggregator")
    .option("--recipient-domain <domain>", "Internet domain of the grid operator")
    .option(
      "--revision <n>",
      "revision of the message (default: the sum of the revisions of its intervals, which rises with each change)",
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .optionsGroup("Options:");
  return withConnection(command)
    .addHelpText(
      "after",
      example(
        "wattseal profile --day 2026-03-29 --time-zone Europe/Berlin --meters evse-1,evse-2",
        "wattseal profile --day 2026-03-29 --time-zone Europe/Berlin --meters evse-1 --format uftp " +
          "--ean 123456789012345678 --sender-domain agr.example --recipient-domain dso.example",
      ),
    )
    .action(async (options: ProfileArguments) => {
      const { profile } = await import("./profile.ts");
      done(await profile(options, io));
    });
}

function calendarDay(text: string): string {
  dayOrTime(text);
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) throw new InvalidArgumentError("Allowed: a day, for example 2026-01-31.");
  return text;
}

function timeZone(text: string): string {
  if (!isTimeZone(text)) {
    throw new InvalidArgumentError("Allowed: the name of a time zone, for example Europe/Berlin.");
  }
  return text;
}

function ispMinutes(text: string): number {
  if (!["5", "10", "15", "30", "60"].includes(text)) throw new InvalidArgumentError("Allowed: 5, 10, 15, 30, 60.");
  return Number(text);
}

function tokens(text: string): string[] {
  return [...new Set(text.split(",").map(token))];
}
