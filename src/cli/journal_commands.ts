import { type Command, Option } from "commander";
import { example, moment, whole } from "./arguments.ts";
import type { Io } from "./io.ts";

const task = "deno task journal";

/** Adds `journal` with its commands; see `program`. */
export function addJournalCommand(root: Command, io: Io, done: (code: number) => void): void {
  const journal = root.command("journal")
    .description("The records and transactions in a state folder, also when NATS is away")
    .addHelpText(
      "after",
      example(`${task} list --config site.yaml`, `${task} export --state-dir state | deno task verify`),
    );

  withPlace(journal.command("list"))
    .description("List the records, oldest first; the service may run")
    .option("--meter <name>", "records of this meter only")
    .option("--undelivered", "only those that wait for NATS")
    .option("--limit <n>", "the newest so many", whole(1, 1_000_000_000))
    .option("--json", "print one JSON object a record: what is published, with seq, meter and delivered_at")
    .addHelpText("after", example(`${task} list --config site.yaml --undelivered`))
    .action(async (options: ListOptions) => {
      const { journalList } = await import("./journal_list.ts");
      done(await journalList({ ...options, json: options.json === true }, io));
    });

  withPlace(journal.command("show"))
    .description("Show all that is known of a transaction or a record, the record in plain words; the service may run")
    .argument("<id>", "id of a transaction, or number of a record (seq)")
    .option("--json", "print one JSON object a transaction: {transaction, records}")
    .addHelpText("after", example(`${task} show --config site.yaml 0d3f6f5e-6c1b-4c1e-9a56-5ad0b2f7d0a1`))
    .action(async (id: string, options: PlaceOptions & { json?: boolean }) => {
      const { journalShow } = await import("./journal_show.ts");
      done(await journalShow({ ...options, id, json: options.json === true }, io));
    });

  withPlace(journal.command("export"))
    .description("Write records, oldest first, as they are published or for the S.A.F.E. transparency software")
    .addOption(new Option("--format <format>", "JSON lines or XML").choices(["jsonl", "xml"]).default("jsonl"))
    .option(
      "--since <date>",
      "read from the meter then or later: 2026-01-31 (00:00 UTC) or 2026-01-31T08:00:00Z",
      moment,
    )
    .option("--until <date>", "read from the meter before then", moment)
    .option("--meter <name>", "records of this meter only")
    .option("--output <file>", "write to this file (mode 0600); an existing one is replaced when all is written")
    .addHelpText(
      "after",
      example(`${task} export --config site.yaml --format xml --since 2026-01-01 --output january.xml`),
    )
    .action(async ({ since: sinceMs, until: untilMs, ...options }: ExportOptions) => {
      const { journalExport } = await import("./journal_export.ts");
      done(await journalExport({ ...options, sinceMs, untilMs }, io));
    });

  withPlace(journal.command("backup"))
    .description("Copy the journal to a file, as it is at this moment; the service may run")
    .argument("<file>", "the copy")
    .option("--force", "replace a file that is there already")
    .option("--json", "print one JSON object: {file, records, undelivered}")
    .addHelpText("after", example(`${task} backup --config site.yaml /backup/journal.db`))
    .action(async (file: string, options: CopyOptions) => {
      const { journalBackup } = await import("./journal_copy.ts");
      done(await journalBackup(copyArguments(file, options), io));
    });

  withPlace(journal.command("restore"))
    .description("Put a backup in the place of the journal, which is kept beside it; stop the service first")
    .argument("<file>", "a copy that backup made")
    .option("--force", "also when the journal holds records or transactions that the backup lacks, or is damaged")
    .option("--json", "print one JSON object: {records, undelivered, replaced?, left?}")
    .addHelpText("after", example(`${task} restore --config site.yaml /backup/journal.db`))
    .action(async (file: string, options: CopyOptions) => {
      const { journalRestore } = await import("./journal_copy.ts");
      done(await journalRestore(copyArguments(file, options), io));
    });

  withPlace(journal.command("redeliver"))
    .description("Deliver delivered records again, under their own message ids; stop the service first")
    .option(
      "--since <date>",
      "delivered, or read from the meter, then or later: 2026-01-31 or 2026-01-31T08:00:00Z",
      moment,
    )
    .option("--id <ids...>", "records with these message ids")
    .option("--all", "all records")
    .option("--json", "print one JSON object: {records}")
    .addHelpText("after", example(`${task} redeliver --config site.yaml --since 2026-01-31`))
    .action(async ({ since: sinceMs, id: ids, json, ...options }: RedeliverOptions) => {
      const { journalRedeliver } = await import("./journal_redeliver.ts");
      done(await journalRedeliver({ ...options, sinceMs, ids, json: json === true }, io));
    });

  journal.command("fetch")
    .description("Fetch the record that a meter holds, without NATS; stop the service first, it holds the line")
    .requiredOption("--config <file>", "configuration file")
    .requiredOption("--meter <name>", "the meter")
    .option("--json", "print one JSON object, as list does")
    .addHelpText("after", example(`${task} fetch --config site.yaml --meter evse-1`))
    .action(async (options: { config: string; meter: string; json?: boolean }) => {
      const { journalFetch } = await import("./journal_fetch.ts");
      done(await journalFetch({ ...options, json: options.json === true }, io));
    });

  for (const command of journal.commands) command.allowExcessArguments(false);
}

interface PlaceOptions {
  stateDir?: string;
  config?: string;
}

interface ListOptions extends PlaceOptions {
  meter?: string;
  undelivered?: boolean;
  limit?: number;
  json?: boolean;
}

interface ExportOptions extends PlaceOptions {
  format: "jsonl" | "xml";
  since?: number;
  until?: number;
  meter?: string;
  output?: string;
}

interface RedeliverOptions extends PlaceOptions {
  since?: number;
  id?: string[];
  all?: boolean;
  json?: boolean;
}

interface CopyOptions extends PlaceOptions {
  force?: boolean;
  json?: boolean;
}

function withPlace(command: Command): Command {
  return command
    .option("--state-dir <folder>", "the state folder")
    .option("--config <file>", "configuration file that names it");
}

function copyArguments(file: string, { force, json, ...place }: CopyOptions) {
  return { ...place, file, force: force === true, json: json === true };
}
