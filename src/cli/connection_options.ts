import type { Command } from "commander";
import { prefix, token } from "./arguments.ts";

/** How a command reaches NATS, and as whom; absent parts come from a file, from the environment or from defaults. */
export interface ConnectionOptions {
  /** Site file: its section `nats` is used. */
  readonly config?: string;
  /** Name of a context of the `nats` tool. */
  readonly context?: string;
  /** Addresses, separated by commas. */
  readonly server?: string;
  /** Credentials file. */
  readonly creds?: string;
  /** File with an nkey seed. */
  readonly nkey?: string;
  /** Comes with `passwordFile`. */
  readonly user?: string;
  /** Comes with `user`. */
  readonly passwordFile?: string;
  /** Authentication token. */
  readonly token?: string;
  readonly tlsca?: string;
  /** Comes with `tlskey`. */
  readonly tlscert?: string;
  /** Comes with `tlscert`. */
  readonly tlskey?: string;
  /** JetStream domain. */
  readonly domain?: string;
  readonly inboxPrefix?: string;
  /** Beginning of all subjects; without it that of the site file, else `wattseal`. */
  readonly prefix?: string;
}

/** Gives a command that works over NATS its options; they are the same for each. */
export function withConnection(command: Command): Command {
  return command
    .option("--prefix <prefix>", 'beginning of all subjects; without it that of --config, else "wattseal"', prefix)
    .optionsGroup("Connection:")
    .option("--config <file>", "site file: connect as its section nats says")
    .option("--context <name>", "context of the nats tool: connect as that does")
    .option(
      "--server <addresses>",
      "NATS servers, separated by commas; user and password may stand in them, but others on this machine can see " +
        "them here, so better set NATS_URL. Without it --config or --context, " +
        "else NATS_URL, else 127.0.0.1:4222",
    )
    .option("--creds <file>", "credentials file; without it --config or --context, else NATS_CREDS")
    .option("--nkey <file>", "file with an nkey seed")
    .option("--user <name>", "user, with --password-file")
    .option("--password-file <file>", "file that holds the password")
    .option("--token <token>", "token; others on this machine can see it, so better set NATS_TOKEN")
    .option("--tlsca <file>", "certificates of the authorities to trust; makes TLS a must")
    .option("--tlscert <file>", "our certificate, with --tlskey; makes TLS a must")
    .option("--tlskey <file>", "our key, with --tlscert")
    .option("--domain <name>", "JetStream domain", token)
    .option("--inbox-prefix <prefix>", "beginning of the subjects of answers to us", prefix)
    .optionsGroup("Options:");
}
