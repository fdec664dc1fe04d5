import * as z from "zod";
import { logLevels } from "../base/log.ts";
import { subjectPrefix } from "../base/subject_tokens.ts";
import { isServer, serverForms } from "./endpoint.ts";
import { flag, oneOf, path, section, text, token, wholeNumber } from "./leaves.ts";
import { lineSchema } from "./line_schema.ts";
import { meterParameters } from "./meter_schema.ts";

const someServers = `a list of at least one server: ${serverForms}`;
const someLines = "a list of at least one line";

const natsSchema = section({
  servers: z.array(text(serverForms).refine(isServer, { error: serverForms }), { error: someServers })
    .min(1, { error: someServers }).default(["127.0.0.1:4222"]).describe(
      "Servers to try; a `tls://` among them makes TLS a must for all",
    ),
  subject_prefix: z.string({ error: subjectPrefix.allowed }).regex(subjectPrefix.pattern, {
    error: subjectPrefix.allowed,
  })
    .default("wattseal").describe("First tokens of every subject; in capitals the first part of the streams' names"),
  credentials_file: path().optional().describe("File with a JWT and its seed"),
  user: text("a user's name").optional().describe("Comes with `password`"),
  password: text("a password").optional().describe("Comes with `user`"),
  token: text("a token").optional().describe("Authentication token"),
  nkey_seed_file: path().optional().describe("File with an NKey seed"),
  tls: section({
    ca_file: path().optional().describe("Certificates of the authorities to trust, PEM"),
    cert_file: path().optional().describe("Our certificate, PEM; comes with `key_file`"),
    key_file: path().optional().describe("Our key, PEM; comes with `cert_file`"),
  }).optional(),
  jetstream_domain: token().optional().describe("JetStream domain to use"),
  inbox_prefix: z.string({ error: subjectPrefix.allowed }).regex(subjectPrefix.pattern, {
    error: subjectPrefix.allowed,
  })
    .default("_INBOX").describe("First tokens of the subjects on which the service gets answers"),
});

function stream(maxAgeDays: number) {
  return section({
    enabled: flag().default(true).describe("Create the stream where it does not exist"),
    replicas: wholeNumber(1, 5).default(1).describe("Copies in a cluster"),
    max_age_days: wholeNumber(0, 36_500).default(maxAgeDays).describe("Days a message is kept; 0 = for ever"),
    max_bytes: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional().describe(
      "Most bytes the stream may take; absent = no limit",
    ),
  }).prefault({});
}

/** The whole file, with what `defaults` says already in the meters. */
export const fileSchema = section({
  site: token().describe("Name of the site in subjects"),
  state_dir: path().default("./state").describe(
    "Folder of journal, spool, lock and process id, for one process; created if missing",
  ),
  nats: natsSchema.prefault({}),
  streams: section({
    scope: oneOf("all", "site").default("all").describe(
      "Whose messages the streams take: those of `all` sites with this prefix, or of this `site` only",
    ),
    readings: stream(7),
    ocmf: stream(0),
    state: stream(0),
  }).prefault({}),
  defaults: meterParameters.optional(),
  lines: z.array(lineSchema, { error: someLines }).min(1, { error: someLines }).describe("Lines with their meters"),
  journal: section({
    retention_days: wholeNumber(1, 36_500).default(365).describe(
      "Days a delivered record is kept; an undelivered one is kept until it is delivered",
    ),
    alarm_undelivered_minutes: wholeNumber(1, 100_000).default(15).describe(
      "Minutes after which a record that waits for delivery is a fault of the node",
    ),
    alarm_free_mb: wholeNumber(0, 1_000_000).default(100).describe(
      "Megabytes free on the disk of `state_dir` below which there is a fault of the node; 0 = never",
    ),
  }).prefault({}),
  spool: section({
    mode: oneOf("off", "memory", "disk").default("disk").describe("Where readings wait until their stream has them"),
    max_age_hours: wholeNumber(1, 8760).default(72).describe("Hours after which a waiting reading is dropped"),
    max_mb: wholeNumber(1, 1_000_000).default(256).describe("Megabytes after which the oldest readings are dropped"),
  }).prefault({}),
  clock: section({
    require_sync: flag().default(true).describe(
      "Set no meter's clock while the kernel calls ours unsynchronised",
    ),
  }).prefault({}),
  log: section({
    level: oneOf(...logLevels).default("info").describe("Least severe lines to write"),
    format: oneOf("text", "json").default("text").describe("Form of the lines"),
  }).prefault({}),
});

/** What {@linkcode fileSchema} makes of a file: all defaults are in. */
export type ConfigFile = z.infer<typeof fileSchema>;
