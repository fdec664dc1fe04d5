import { errorText } from "../base/log.ts";

/** From this code on, the broker refuses what it has received. */
const firstRefusal = 128;
const badUser: readonly number[] = [134, 135, 4, 5];
const takenOver = 142;

/** Whether a message was not confirmed because the connection was lost. */
export function isLost(error: unknown): boolean {
  return codeOf(error) === undefined;
}

/** Why there is no connection, as the end of a sentence. @param clientId name of the connection */
export function connectionProblem(reason: unknown, clientId: string): string {
  const code = codeOf(reason);
  if (code === takenOver) {
    return `another process has connected with the client id ${clientId}; set mqtt.client_id of one of them`;
  }
  if (reason === undefined) {
    return `the broker has closed the connection; it also does so if another process connects as ${clientId} ` +
      "(mqtt.client_id)";
  }
  if (!(reason instanceof Error)) return `the broker has closed the connection (code ${code})`;
  const text = errorText(reason);
  if (code !== undefined && badUser.includes(code)) return `${text}; check mqtt.user and mqtt.password`;
  return text.includes("suback") || text.includes("Subscribe") ? `${text}; check the topics of the user` : text;
}

function codeOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "number" && (error.code >= firstRefusal || badUser.includes(error.code))
    ? error.code
    : undefined;
}
