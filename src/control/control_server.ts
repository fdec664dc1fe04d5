import { parseBoundedJson } from "../base/bounded_json.ts";
import { removeIfThere } from "../base/files.ts";
import { errorText, type Log, logLevels } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { ProblemLog } from "../base/problem_log.ts";
import { ServedConnections } from "../base/served_connections.ts";
import { LinkedAbort, within } from "../base/waits.ts";
import { listenOnControlSocket } from "./listen.ts";
import { type ControlHandlers, type ControlReply, controlSocketPath, maxRequestBytes } from "./protocol.ts";
import { readLine, TooLongError, writeLine } from "./read_line.ts";

/** How long a client may take to send its request, and to take the reply. */
const clientMs = 5_000;
/** How long a command that runs may delay the end of the service. */
const closeMs = 2_000;
/** Connections that are served at once; the system keeps others waiting. */
const maxConnections = 32;
/** Pause after a connection that cannot be accepted, for example because too many files are open. */
const acceptPauseMs = 1_000;

/**
 * Serves the control socket: each connection carries one request, a line of JSON, and its reply, another line. Only this
 * user and root can connect.
 */
export class ControlServer {
  readonly #path: string;
  readonly #listener: Deno.Listener<Deno.Conn>;
  readonly #handlers: ControlHandlers;
  readonly #log: Log;
  readonly #time: Time;
  readonly #problem: ProblemLog;
  readonly #stopping = new AbortController();
  readonly #connections = new ServedConnections(maxConnections, (connection) => this.#serve(connection));

  private constructor(
    path: string,
    listener: Deno.Listener<Deno.Conn>,
    handlers: ControlHandlers,
    { log, time }: { log: Log; time: Time },
  ) {
    this.#path = path;
    this.#listener = listener;
    this.#handlers = handlers;
    this.#log = log;
    this.#time = time;
    this.#problem = new ProblemLog(log, time);
    void this.#accept();
  }

  /**
   * Opens the control socket in a state folder that no other service uses.
   *
   * @throws {ControlError} path_too_long, busy, permission_denied or failed
   */
  static async open(
    stateDir: string,
    handlers: ControlHandlers,
    deps: { log: Log; time: Time },
  ): Promise<ControlServer> {
    const path = controlSocketPath(stateDir);
    return new ControlServer(path, await listenOnControlSocket(path), handlers, deps);
  }

  /** Removes the socket, gives commands that run a moment for their reply, and closes all connections. */
  async close(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    this.#listener.close();
    removeIfThere(this.#path);
    await within(this.#connections.ended(), closeMs, this.#time);
    this.#connections.close();
  }

  async #accept(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const connection = await this.#listener.accept();
        this.#problem.over("The control socket accepts connections again");
        await this.#connections.add(connection);
      } catch (error) {
        if (signal.aborted) return;
        this.#problem.failed("Cannot accept a connection to the control socket; retrying", {
          reason: errorText(error),
        });
        await this.#time.sleep(acceptPauseMs, signal);
      }
    }
  }

  /** Never rejects. */
  async #serve(connection: Deno.Conn): Promise<void> {
    const reply = await this.#replyTo(connection);
    if (reply !== undefined) await within(sent(connection, reply), clientMs, this.#time);
  }

  /** @returns undefined: nobody waits for a reply */
  async #replyTo(connection: Deno.Conn): Promise<ControlReply | undefined> {
    let received: string | ControlReply | undefined = refused(
      `No request arrived within ${clientMs / 1_000} s; ${example}`,
    );
    using waiting = new LinkedAbort(this.#stopping.signal);
    readLine(connection, maxRequestBytes).then((line) => received = line, (error) => {
      received = error instanceof TooLongError ? refused(`A request has at most ${maxRequestBytes} bytes`) : undefined;
    }).finally(waiting.abort);
    await this.#time.sleep(clientMs, waiting.signal);
    return typeof received === "string" ? await this.#carryOut(received) : received;
  }

  async #carryOut(line: string): Promise<ControlReply> {
    const request = requestIn(line);
    if (request === undefined) return refused(`Cannot parse the request; ${example}`);
    const command = String(request.command);
    try {
      return await this.#called(request) ?? refused(`The service does not support the command ${command}`);
    } catch (error) {
      this.#log.error("A command on the control socket failed", { command, reason: errorText(error) });
      return refused(`The command ${command} failed: ${errorText(error)}`);
    }
  }

  /** @returns undefined: there is no handler */
  #called({ command, meter, fault, level }: Request): Promise<ControlReply> | ControlReply | undefined {
    if (command === "health") return this.#handlers.health?.();
    if (command === "reload") return this.#handlers.reload?.();
    if (command === "log_level") {
      const known = logLevels.find((one) => one === level);
      if (known !== undefined || level === undefined) return this.#handlers.logLevel?.(known);
      return refused(`The command log_level allows the levels ${logLevels.join(", ")}`);
    }
    if (command === "forget") {
      if (isName(meter)) return this.#handlers.forget?.(meter);
      return refused('The command forget needs a meter, for example {"command":"forget","meter":"evse-1"}');
    }
    if (command !== "acknowledge") return undefined;
    if (isName(meter) && isName(fault)) return this.#handlers.acknowledge?.(meter, fault);
    return refused("The command acknowledge needs a meter and a fault");
  }
}

interface Request {
  readonly command?: unknown;
  readonly meter?: unknown;
  readonly fault?: unknown;
  readonly level?: unknown;
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

const example = 'send one line of JSON, for example {"command":"health"}';

function requestIn(line: string): Request | undefined {
  try {
    const value = parseBoundedJson(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function refused(error: string): ControlReply {
  return { ok: false, error };
}

/** A client that is gone needs no reply. */
function sent(connection: Deno.Conn, reply: ControlReply): Promise<void> {
  return writeLine(connection, reply).catch(() => {});
}
