import type { Log } from "../base/log.ts";
import { errorText } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import type { ControlServer } from "./control_server.ts";
import type { ControlHandlers } from "./protocol.ts";

/**
 * Opens the control socket in a state folder that no other service uses. A socket that cannot be opened is only logged:
 * the service works without it. The code of the server is loaded here, so that a command that asks does not load it.
 *
 * @returns undefined if the socket cannot be opened
 */
export async function openControlServer(
  stateDir: string,
  handlers: ControlHandlers,
  deps: { log: Log; time: Time },
): Promise<ControlServer | undefined> {
  try {
    const { ControlServer } = await import("./control_server.ts");
    return await ControlServer.open(stateDir, handlers, deps);
  } catch (error) {
    deps.log.error(
      "The service runs without its control socket: health, reload, log-level, acknowledge and forget cannot reach it",
      {
        reason: errorText(error),
      },
    );
    return undefined;
  }
}
