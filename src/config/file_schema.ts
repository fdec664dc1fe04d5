import * as z from "zod";
import { logLevels } from "../base/log.ts";
import { subjectPrefix } from "../base/subject_tokens.ts";
import { isServer } from "../base/host_address.ts";
import { listenForm, listenPattern, parseListen, serverForms, serverPattern } from "./endpoint.ts";
import { flag, form, oneOf, path, section, text, token, wholeNumber } from "./leaves.ts";
import { lineSchema } from "./line_schema.ts";
import { meterParameters } from "./meter_schema.ts";
import { webSchema } from "./web_schema.ts";

const serversAllowed = `a list of at least one server: ${serverForms}`;
const linesAllowed = "a list of at least one line";

/** Files for TLS. */
export const tlsSchema = section({
  ca_file: path().optional().describe("Certificates of the trusted authorities, PEM"),
  cert_file: path().optional().describe("Client certificate, PEM; requires `key_file`"),
  key_file: path().optional().describe("Client key, PEM; requires `cert_file`"),
}).optional().describe("Enforces TLS, even if it is empty: `{}`");

/** The log of a process. */
export const logSchema = section({
  level: oneOf(...logLevels).default("info").describe("Least severe level to write"),
  format: oneOf("text", "json").default("text").describe("Format of the lines"),
}).prefault({}).describe("The log of the process");

/** Addresses and credentials of NATS. */
export const natsSchema = section({
  servers: z.array(form(serverPattern, serverForms).refine(isServer, { error: serverForms }), { error: serversAllowed })
    .min(1, { error: serversAllowed }).default(["127.0.0.1:4222"]).describe(
      "Servers to try; one `tls://` address enforces TLS for all of them",
    ),
  subject_prefix: form(subjectPrefix.pattern, subjectPrefix.allowed).default("wattseal").describe(
    "Prefix of every subject; in capitals, also of the names of streams",
  ),
  credentials_file: path().optional().describe("File with a JWT and its seed"),
  user: text("a user's name").optional().describe("Requires `password`"),
  password: text("a password").optional().describe("Requires `user`"),
  token: text("a token").optional().describe("Authentication token"),
  nkey_seed_file: path().optional().describe("File with an NKey seed"),
  tls: tlsSchema,
  jetstream_domain: token().optional().describe("JetStream domain to use"),
  inbox_prefix: form(subjectPrefix.pattern, subjectPrefix.allowed).default("_INBOX").describe(
    "Prefix of the subjects on which the service receives replies",
  ),
});

function stream(messages: string, maxAgeDays: number) {
  return section({
    enabled: flag().default(true).describe("Create the stream if it does not exist"),
    replicas: wholeNumber(1, 5).default(1).describe("Replicas in a cluster"),
    max_age_days: wholeNumber(0, 36_500).default(maxAgeDays).describe("Days to keep a message; 0: forever"),
    max_bytes: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional().describe(
      "Maximum size of the stream in bytes; absent: no limit",
    ),
  }).prefault({}).describe(`The stream of ${messages}`);
}

/** The whole file, after `defaults` is copied into the meters. */
export const fileSchema = section({
  site: token().describe("Name of the site in subjects"),
  state_dir: path().default("./state").describe(
    "Folder of journal, spool, lock and process id; used by one process; created if missing",
  ),
  nats: natsSchema.prefault({}).describe("Addresses and credentials of NATS"),
  streams: section({
    scope: oneOf("all", "site").default("all").describe(
      "Whose messages the streams store: those of `all` sites with this prefix, or only of this `site`",
    ),
    readings: stream("live values", 7),
    ocmf: stream("records", 0),
    state: stream("the last states, keys and faults", 0),
    intervals: stream("the intervals of the load profile", 400),
  }).prefault({}).describe("How the streams are created if they do not exist"),
  defaults: meterParameters.optional().describe("Values for all meters; those of a single meter have precedence"),
  lines: z.array(lineSchema, { error: linesAllowed }).min(1, { error: linesAllowed }).describe(
    "Lines with their meters",
  ),
  journal: section({
    retention_days: wholeNumber(1, 36_500).default(365).describe(
      "Days to keep a delivered record; an undelivered record is kept until it is delivered",
    ),
    alarm_undelivered_minutes: wholeNumber(1, 100_000).default(15).describe(
      "Age in minutes at which an undelivered record raises a fault of the node",
    ),
    alarm_free_mb: wholeNumber(0, 1_000_000).default(100).describe(
      "Free megabytes on the disk of `state_dir` below which a fault of the node is raised; 0: never",
    ),
  }).prefault({}).describe("How long records are kept, and when they raise a fault"),
  spool: section({
    mode: oneOf("off", "memory", "disk").default("disk").describe(
      "Where readings are stored until their stream " +
        "has them",
    ),
    max_age_hours: wholeNumber(1, 8760).default(72).describe("Hours after which a stored reading is dropped"),
    max_mb: wholeNumber(1, 1_000_000).default(256).describe(
      "Size in megabytes above which the oldest readings " +
        "are dropped",
    ),
  }).prefault({}).describe("Readings that wait for NATS"),
  clock: section({
    require_sync: flag().default(true).describe(
      "Do not set the clocks of meters while the clock of this machine is not synchronised",
    ),
  }).prefault({}).describe("The clock of this machine"),
  metrics: section({
    listen: form(listenPattern, listenForm).refine((address) => parseListen(address) !== undefined, {
      error: listenForm,
    }).optional().describe("Address of the page `/metrics` for Prometheus; absent: there is no page"),
  }).optional().describe("The page for Prometheus"),
  web: webSchema.optional().describe("The page of the command `web`"),
  log: logSchema,
});

/** The result of {@linkcode fileSchema}, with all defaults. */
export type ConfigFile = z.infer<typeof fileSchema>;
