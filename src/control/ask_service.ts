import { errorText } from "../base/log.ts";
import { ControlError } from "./control_error.ts";
import { type ControlReply, type ControlRequest, controlSocketPath, maxReplyBytes } from "./protocol.ts";
import { readLine, writeLine } from "./read_line.ts";

/**
 * Asks the running service with this state folder.
 *
 * @param timeoutMs how long the service may take
 * @throws {ControlError} no_service, permission_denied, path_too_long, timeout or failed
 */
export async function askService(
  stateDir: string,
  request: ControlRequest,
  timeoutMs = 10_000,
): Promise<ControlReply> {
  const path = controlSocketPath(stateDir);
  let connection: Deno.Conn | undefined;
  let isLate = false;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    isLate = true;
    late.reject(
      new ControlError("timeout", `The service does not answer on ${path} within ${timeoutMs / 1_000} s; see its log`),
    );
  }, timeoutMs);
  try {
    const connecting = Deno.connect({ transport: "unix", path });
    // A connection that comes too late is not used
    connecting.then((made) => isLate ? made.close() : connection = made, () => {});
    return await Promise.race([connecting.then((made) => exchange(made, request)), late.promise]);
  } catch (error) {
    throw error instanceof ControlError ? error : controlError(path, error);
  } finally {
    clearTimeout(timer);
    connection?.close();
  }
}

async function exchange(connection: Deno.Conn, request: ControlRequest): Promise<ControlReply> {
  // A service that refuses the request does not read all of it, but replies
  await writeLine(connection, request).catch(() => {});
  const line = await readLine(connection, maxReplyBytes);
  if (line === undefined) throw new Error("it closed the connection without an answer; it may be stopping");
  const reply: unknown = JSON.parse(line);
  if (isReply(reply)) return reply;
  throw new Error(`it answered ${line.slice(0, 200)}`);
}

function isReply(value: unknown): value is ControlReply {
  return typeof value === "object" && value !== null && "ok" in value &&
    (value.ok === true || (value.ok === false && "error" in value && typeof value.error === "string"));
}

function controlError(path: string, cause: unknown): ControlError {
  if (cause instanceof Deno.errors.NotFound) {
    return new ControlError("no_service", `No service runs: there is no control socket ${path}`, { cause });
  }
  if (cause instanceof Deno.errors.ConnectionRefused) {
    return new ControlError("no_service", `No service runs: no process answers on the control socket ${path}`, {
      cause,
    });
  }
  if (cause instanceof Deno.errors.PermissionDenied || cause instanceof Deno.errors.NotCapable) {
    const text =
      `Cannot ask the service on ${path}: permission denied; run the command as root or as the service's user`;
    return new ControlError("permission_denied", text, { cause });
  }
  return new ControlError("failed", `Cannot ask the service on ${path}: ${errorText(cause)}`, { cause });
}
