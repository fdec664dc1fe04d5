import type { SchemaName } from "./schemas.ts";

/** What is published of a meter: the end of the subject, and the name of the payload's schema. */
export const meterPublications = {
  "reading": "Powermeter",
  "ocmf": "OcmfResult",
  "public_key": "PublicKey",
  "status": "Status",
  "fault.*": "Fault",
} as const satisfies Record<string, SchemaName>;

/** What is published of the process itself, likewise. */
export const nodePublications = {
  "status": "NodeStatus",
  "fault.*": "Fault",
} as const satisfies Record<string, SchemaName>;

/** The end of a subject on which something is published of a meter. */
export type PublishedSuffix = keyof typeof meterPublications;
