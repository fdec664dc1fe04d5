/**
 * The control socket: a command on the same machine asks the running service.
 *
 * @module
 */
export { askService } from "./ask_service.ts";
export { ControlError, type ControlErrorCode, controlErrorCodes } from "./control_error.ts";
export type { ControlServer } from "./control_server.ts";
export { openControlServer } from "./open_control_server.ts";
export { type ControlHandlers, type ControlReply, type ControlRequest, controlSocketPath } from "./protocol.ts";
