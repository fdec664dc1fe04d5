import { errorText, type Log } from "../base/log.ts";
import { systemTime } from "../base/time.ts";
import { within } from "../base/waits.ts";
import type { Service } from "../service.ts";
import { openNotifySocket, Supervisor, watchdogMs } from "../supervision/mod.ts";
import type { Io } from "./io.ts";
import { statusLine } from "./status_line.ts";

/** A missing NATS server delays a start by this time at most: the station works without it. */
const readyMs = 5000;

/** The link to systemd, if the environment names one. It must be created before the service starts. */
export function newSupervisor(env: Io["env"], log: Log): Supervisor {
  const address = env("NOTIFY_SOCKET");
  let socket;
  try {
    socket = address ? openNotifySocket(address) : undefined;
  } catch (error) {
    log.warn(errorText(error));
  }
  return new Supervisor({ socket, watchdogMs: watchdogMs(env, Deno.pid), log, time: systemTime });
}

/** Reports that the service is ready, and then its state, until `signal` is aborted. */
export async function supervise(supervisor: Supervisor, service: Service, signal: AbortSignal): Promise<void> {
  await within(service.ready, readyMs, systemTime);
  if (signal.aborted) return;
  const status = () => statusLine(service.stats(), service.health());
  await supervisor.ready({ status, stuckLines: () => service.stuckLines() }, signal);
}
