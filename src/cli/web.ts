import type { NatsConnection } from "nats";
import { hostPortText } from "../base/endpoint.ts";
import { errorText } from "../base/log.ts";
import { aborted, LinkedAbort } from "../base/waits.ts";
import { Users, UsersError, type WebServer } from "../web/mod.ts";
import { addWebUser } from "./add_web_user.ts";
import { withBus } from "./bus_client.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { exportVerify } from "./export_verify.ts";
import { endCode, exitCode, type Io } from "./io.ts";
import { serviceLog } from "./log_sink.ts";
import { type PageServiceOptions, startPage } from "./page_service.ts";
import { lines } from "./safe_text.ts";
import { pageSettings, type WebOptions } from "./web_settings.ts";
import { webWarnings } from "./web_warnings.ts";

/** How to serve the page. */
export interface WebArguments extends ConnectionOptions, WebOptions {
  /** Add this user to the file of users, and exit. */
  readonly addUser?: string;
  /** Write the page that verifies records to this file, and exit. */
  readonly export?: string;
}

type WebIo = Pick<Io, "out" | "err" | "env" | "background" | "interrupted" | "readInput" | "holdTerminal">;

/** A server behind a dead link is detected after three of these intervals. */
const pingInterval = 10_000;

/**
 * Serves the page until it is interrupted.
 *
 * @returns the exit code: 0 ended by SIGTERM, the user is added, or the file is written; 1 a file cannot be written; 2 an option, the file or the users are invalid, 3 no
 * connection to NATS, or the address of the page cannot be used; 130 interrupted
 */
export async function web(args: WebArguments, io: WebIo): Promise<number> {
  if (args.export !== undefined) return await exportVerify(args.export, io);
  const settings = await pageSettings(args, io);
  if (settings === undefined) return exitCode.usage;
  const { web, log: format } = settings;
  if (args.addUser !== undefined) return await addWebUser(args.addUser, web.passwordHashFile, io);
  const log = serviceLog(format, io.background.err, Date.now);
  try {
    const users = web.passwordHashFile === undefined ? undefined : new Users(web.passwordHashFile);
    const serve = (nats: NatsConnection, bus: PageServiceOptions["bus"]) =>
      serveUntilEnd({ nats, bus, web, users, log }, io);
    return await withBus(args, io, serve, { pingInterval, maxReconnectAttempts: -1 });
  } catch (error) {
    if (!(error instanceof UsersError)) throw error;
    io.err(lines(error.message));
    return exitCode.usage;
  } finally {
    await log.flush();
  }
}

async function serveUntilEnd(options: PageServiceOptions, io: WebIo): Promise<number> {
  const { nats, web, log } = options;
  let page: WebServer;
  try {
    page = await startPage(options);
  } catch (error) {
    const address = hostPortText(web.listen);
    io.err(lines(`Cannot serve the page at ${address}: ${errorText(error)}; choose another address with --listen`));
    return exitCode.unreachable;
  }
  for (const warning of webWarnings(web)) log.warn(warning);
  io.out(lines(`The page is at http://${hostPortText(page.address)}${web.basePath}`));
  using end = new LinkedAbort(io.interrupted);
  let isClosed = false;
  void nats.closed().then(() => {
    isClosed = true;
    end.abort();
  });
  await aborted(end.signal);
  await page.stop();
  if (!isClosed) return endCode(io.interrupted);
  io.err(lines("The connection to NATS was closed"));
  return exitCode.unreachable;
}
