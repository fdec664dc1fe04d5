/** The streams that store published messages. */
export type StreamKind = "ocmf" | "readings" | "state" | "intervals";

/** Name of a stream: the prefix in upper case, with `_` for dots. */
export function streamName(prefix: string, kind: StreamKind): string {
  return `${prefix.toUpperCase().replaceAll(".", "_")}_${kind.toUpperCase()}`;
}

/** Prefix of the subjects for JetStream requests. */
export function apiPrefix(domain: string | undefined): string {
  return domain === undefined ? "$JS.API" : `$JS.${domain}.API`;
}
