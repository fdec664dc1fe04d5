import type { StreamConfig } from "nats";
import type { Finding } from "./stream_check.ts";
import type { WantedStream } from "./streams.ts";

/** A `nats` command line for one stream. */
export function natsStream(domain: string | undefined, command: string, stream: string, rest: string): string {
  const where = domain === undefined ? "" : ` --js-domain=${domain}`;
  return `nats${where} stream ${command} ${stream} ${rest}`.trimEnd();
}

/** The command that creates a stream of records with the settings of the service. */
export function addCommand({ name, subjects = [], max_age, num_replicas }: WantedStream, domain?: string): string {
  const options = [
    subjectOptions(subjects),
    "--storage=file --retention=limits --discard=new --dupe-window=1h --deny-delete --deny-purge",
    `--max-age=${max_age / 1e9}s --replicas=${num_replicas} --defaults`,
  ];
  return natsStream(domain, "add", name, options.join(" "));
}

/** Findings of one stream as a sentence, with the command that corrects them. */
export function findingsText(findings: readonly Finding[], stream: string, domain: string | undefined): string {
  return `Stream ${stream} ${findings.map(({ text }) => text).join(", and it ")}: ${repair(findings, stream, domain)}`;
}

/** A sentence about a stream with missing subjects, and the command that adds them. */
export function missingText(config: StreamConfig, missing: readonly string[], domain: string | undefined): string {
  return `Stream ${config.name} does not have the subject ${missing.join(" and ")}: run ` +
    addSubjectsCommand(config, missing, domain);
}

/** The command that adds subjects to a stream. */
export function addSubjectsCommand(
  { name, subjects = [] }: StreamConfig,
  missing: readonly string[],
  domain: string | undefined,
): string {
  return natsStream(domain, "edit", name, `${subjectOptions([...subjects, ...missing])} -f`);
}

/** Command line options with the subjects of a stream. */
export function subjectOptions(subjects: readonly string[]): string {
  return subjects.map((subject) => `--subjects='${subject}'`).join(" ");
}

function repair(findings: readonly Finding[], stream: string, domain: string | undefined): string {
  if (findings.some(({ option }) => option === undefined)) {
    return `an edit cannot correct that; run ${natsStream(domain, "backup", stream, `./${stream}`)} and then ` +
      `${natsStream(domain, "rm", stream, "-f")}; the service creates it again if it is enabled in \`streams\``;
  }
  return `run ${natsStream(domain, "edit", stream, `${findings.map(({ option }) => option).join(" ")} -f`)}`;
}
