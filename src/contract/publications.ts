import type { SchemaName } from "./schemas.ts";

/** The publications of a meter: the end of each subject, and the name of the schema of its payload. */
export const meterPublications = {
  "reading": "Powermeter",
  "interval": "Interval",
  "ocmf": "OcmfResult",
  "public_key": "PublicKey",
  "status": "Status",
  "fault.*": "Fault",
} as const satisfies Record<string, SchemaName>;

/** The publications of the process. */
export const nodePublications = {
  "status": "NodeStatus",
  "fault.*": "Fault",
} as const satisfies Record<string, SchemaName>;

/** The end of the subject of a publication of a meter. */
export type PublishedSuffix = keyof typeof meterPublications;
