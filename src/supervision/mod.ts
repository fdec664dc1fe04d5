/**
 * What a service manager learns about the process: systemd's notifications and its watchdog.
 *
 * @module
 */
export { openNotifySocket } from "./notify_socket.ts";
export { type Supervised, Supervisor } from "./supervisor.ts";
export { watchdogMs } from "./watchdog_interval.ts";
