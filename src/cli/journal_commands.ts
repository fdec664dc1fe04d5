import { type Command, Option } from "commander";
import { dayOrTime, example, wholeNumber } from "./arguments.ts";
import { configOf, type ConfigOptions } from "./config_argument.ts";
import type { Io } from "./io.ts";

const task = "wattseal journal";

/** Adds the command `journal` with its subcommands; see `program`. */
export function addJournalCommand(root: Command, io: Io, done: (code: number) => void): void {
  const journal = root.command("journal")
    .description("Read and manage the records and transactions in a state folder; works without NATS")
    .addHelpText(
      "after",
      example(`${task} list --config site.yaml`, `${task} export --state-dir state | wattseal verify`),
    );

  withLocation(journal.command("list"))
    .description("List the records, oldest first; works while the service runs")
    .option("--meter <name>", "only records of this meter")
    .option("--undelivered", "only undelivered records")
    .option("--limit <n>", "only the newest n records", wholeNumber(1, 1_000_000_000))
    .option("--full", "print everything about each record, with the record explained")
    .option("--json", "print one JSON object per record: the published result, with seq, meter and delivered_at")
    .addHelpText("after", example(`${task} list --config site.yaml --undelivered`))
    .action(async (options: ListOptions) => {
      const { journalList } = await import("./journal_list.ts");
      done(await journalList({ ...options, json: options.json === true }, io));
    });

  withLocation(journal.command("show"))
    .description(
      "Show everything about a transaction or a record, with the record explained; works while the " +
        "service runs",
    )
    .argument("<id>", "transaction id or a unique beginning of it, or number of a record (seq)")
    .option("--json", "print one JSON object per transaction: {transaction, records}")
    .addHelpText("after", example(`${task} show --config site.yaml 0d3f6f5e-6c1b-4c1e-9a56-5ad0b2f7d0a1`))
    .action(async (id: string, options: LocationOptions & { json?: boolean }) => {
      const { journalShow } = await import("./journal_show.ts");
      done(await journalShow({ ...options, id, json: options.json === true }, io));
    });

  withLocation(journal.command("export"))
    .description(
      "Export records, oldest first, as published, for the S.A.F.E. transparency software, or their sessions as a table",
    )
    .argument("[id]", "only the records of this transaction: its id, or a unique beginning of it")
    .addOption(
      new Option("--format <format>", "JSON lines, XML or CSV").choices(["jsonl", "xml", "csv"]).default("jsonl"),
    )
    .option(
      "--since <date>",
      "only records read from the meter at this time or later: 2026-01-31 (00:00 UTC) or 2026-01-31T08:00:00Z",
      dayOrTime,
    )
    .option("--until <date>", "only records read from the meter before this time", dayOrTime)
    .option("--meter <name>", "only records of this meter")
    .option(
      "--output <file>",
      "write to this file (mode 0600); an existing file is replaced after everything is " +
        "written",
    )
    .addHelpText(
      "after",
      example(`${task} export --config site.yaml --format xml --since 2026-01-01 --output january.xml`),
    )
    .action(async (id: string | undefined, { since: sinceMs, until: untilMs, ...options }: ExportOptions) => {
      const { journalExport } = await import("./journal_export.ts");
      done(await journalExport({ ...options, id, sinceMs, untilMs }, io));
    });

  withLocation(journal.command("backup"))
    .description("Copy the current journal to a file; works while the service runs")
    .argument("<file>", "file of the backup")
    .option("--force", "replace an existing file")
    .option("--json", "print one JSON object: {file, records, undelivered}")
    .addHelpText("after", example(`${task} backup --config site.yaml /backup/journal.db`))
    .action(async (file: string, options: CopyOptions) => {
      const { journalBackup } = await import("./journal_copy.ts");
      done(await journalBackup(copyArguments(file, options), io));
    });

  withLocation(journal.command("restore"))
    .description("Replace the journal with a backup and keep the old journal beside it; stop the service first")
    .argument("<file>", "file created by backup")
    .option("--force", "also if the journal is damaged, or has records or transactions that are missing in the backup")
    .option("--json", "print one JSON object: {records, undelivered, replaced?, left?}")
    .addHelpText("after", example(`${task} restore --config site.yaml /backup/journal.db`))
    .action(async (file: string, options: CopyOptions) => {
      const { journalRestore } = await import("./journal_copy.ts");
      done(await journalRestore(copyArguments(file, options), io));
    });

  withLocation(journal.command("redeliver"))
    .description("Deliver records again with the same message ids; stop the service first")
    .option(
      "--since <date>",
      "records delivered, or read from the meter, at this time or later: 2026-01-31 or 2026-01-31T08:00:00Z",
      dayOrTime,
    )
    .option("--id <ids...>", "records with these message ids or transaction ids, or unique beginnings of them")
    .option("--all", "all records")
    .option("--json", "print one JSON object: {records}")
    .addHelpText("after", example(`${task} redeliver --config site.yaml --since 2026-01-31`))
    .action(async ({ since: sinceMs, id: ids, json, ...options }: RedeliverOptions) => {
      const { journalRedeliver } = await import("./journal_redeliver.ts");
      done(await journalRedeliver({ ...options, sinceMs, ids, json: json === true }, io));
    });

  journal.command("fetch")
    .description("Fetch the record that a meter holds, without NATS; stop the service first: it uses the line")
    .option("--config <file>", "configuration file (default: the installed one)")
    .requiredOption("--meter <name>", "name of the meter, or a unique beginning of it")
    .option("--json", "print one JSON object, as list does")
    .addHelpText("after", example(`${task} fetch --config site.yaml --meter evse-1`))
    .action(async (options: ConfigOptions & { meter: string; json?: boolean }, command: Command) => {
      const config = configOf(undefined, options, command);
      const { journalFetch } = await import("./journal_fetch.ts");
      done(await journalFetch({ ...options, config, json: options.json === true }, io));
    });

  for (const command of journal.commands) command.allowExcessArguments(false);
}

interface LocationOptions {
  stateDir?: string;
  config?: string;
}

interface ListOptions extends LocationOptions {
  meter?: string;
  undelivered?: boolean;
  limit?: number;
  full?: boolean;
  json?: boolean;
}

interface ExportOptions extends LocationOptions {
  format: "jsonl" | "xml" | "csv";
  since?: number;
  until?: number;
  meter?: string;
  output?: string;
}

interface RedeliverOptions extends LocationOptions {
  since?: number;
  id?: string[];
  all?: boolean;
  json?: boolean;
}

interface CopyOptions extends LocationOptions {
  force?: boolean;
  json?: boolean;
}

function withLocation(command: Command): Command {
  return command
    .option("--state-dir <folder>", "the state folder")
    .option("--config <file>", "configuration file that names the state folder (default: the installed one)");
}

function copyArguments(file: string, { force, json, ...location }: CopyOptions) {
  return { ...location, file, force: force === true, json: json === true };
}
