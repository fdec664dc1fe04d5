import type { Command } from "commander";
import { prefix, token } from "./arguments.ts";

/** How a command connects to NATS, and as which user. Missing values come from a file, the environment or defaults. */
export interface ConnectionOptions {
  /** Site file; the command uses its section `nats`. */
  readonly config?: string;
  /** Name of a context of the `nats` tool. */
  readonly context?: string;
  /** Addresses of the servers, separated by commas. */
  readonly server?: string;
  /** Credentials file. */
  readonly creds?: string;
  /** File with an nkey seed. */
  readonly nkey?: string;
  /** Requires `passwordFile`. */
  readonly user?: string;
  /** Requires `user`. */
  readonly passwordFile?: string;
  /** Authentication token. */
  readonly token?: string;
  readonly tlsca?: string;
  /** Requires `tlskey`. */
  readonly tlscert?: string;
  /** Requires `tlscert`. */
  readonly tlskey?: string;
  /** JetStream domain. */
  readonly domain?: string;
  readonly inboxPrefix?: string;
  /** Prefix of all subjects. Default: that of the site file, else `wattseal`. */
  readonly prefix?: string;
}

/** Adds the connection options to a command that uses NATS. */
export function withConnection(command: Command): Command {
  return command
    .option("--prefix <prefix>", 'prefix of all subjects (default: from --config, else "wattseal")', prefix)
    .optionsGroup("Connection:")
    .option("--config <file>", "site file: use the connection in its section nats")
    .option("--context <name>", "context of the nats tool: use its connection")
    .option(
      "--server <addresses>",
      "NATS servers, separated by commas. They may contain user and password, but other users of this machine can " +
        "see them here: prefer NATS_URL (default: --config or --context, else NATS_URL, else 127.0.0.1:4222)",
    )
    .option("--creds <file>", "credentials file (default: --config or --context, else NATS_CREDS)")
    .option("--nkey <file>", "file with an nkey seed")
    .option("--user <name>", "user; requires --password-file")
    .option("--password-file <file>", "file with the password")
    .option("--token <token>", "token. Other users of this machine can see it here: prefer NATS_TOKEN")
    .option("--tlsca <file>", "certificates of the trusted authorities; enforces TLS")
    .option("--tlscert <file>", "client certificate; requires --tlskey; enforces TLS")
    .option("--tlskey <file>", "client key; requires --tlscert")
    .option("--domain <name>", "JetStream domain", token)
    .option("--inbox-prefix <prefix>", "prefix of the subjects of replies", prefix)
    .optionsGroup("Options:");
}
