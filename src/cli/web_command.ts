import { Command } from "commander";
import { example } from "./arguments.ts";
import { withConnection } from "./connection_options.ts";
import type { Io } from "./io.ts";
import type { WebArguments } from "./web.ts";

/** `web`. */
export function webCommand(io: Io, done: (code: number) => void): Command {
  return withConnection(new Command("web"))
    .description("Serve a page with the meters, the sessions and the records of a fleet, from NATS")
    .option("--listen <address>", "address of the page (default: --config, else 127.0.0.1:8780)")
    .option("--base-path <path>", "path of the page behind a proxy (default: --config, else /)")
    .option(
      "--password-hash-file <file>",
      "users that may log in (default: --config). Another address than that of this machine requires this option " +
        "or --trusted-proxy",
    )
    .option(
      "--trusted-proxy <addresses>",
      "addresses of a proxy that logs users in, separated by commas; requires --user-header",
      list,
    )
    .option("--user-header <name>", "header in which the proxy names the user; requires --trusted-proxy")
    .option("--host-name <names>", "names by which browsers reach the page, separated by commas", list)
    .option(
      "--add-user <name>",
      "read a password from the terminal or standard input, add the user to --password-hash-file, and exit",
    )
    .option(
      "--export <file>",
      "write the page that verifies records to this file, and exit; it needs no server and no network (-: standard output)",
    )
    .addHelpText(
      "after",
      example(
        "wattseal web",
        "wattseal web --server nats://hub.example:4222 --creds viewer.creds",
        "wattseal web --password-hash-file ./users --add-user anna",
        "wattseal web --export verify.html",
      ),
    )
    .action(async (options: WebArguments) => {
      const { web } = await import("./web.ts");
      done(await web(options, io));
    });
}

function list(text: string): string[] {
  return text.split(",").map((item) => item.trim());
}
