/** What can be wrong between a node, its edge stream and the hub. */
export type FindingKind =
  | "unreachable"
  | "missing"
  | "unequal"
  | "undelivered"
  | "pagination_gap"
  | "journal"
  | "duplicate_node"
  | "stream"
  | "source"
  | "access"
  | "room"
  | "clock";

/** One thing that is wrong. */
export interface Finding {
  readonly kind: FindingKind;
  /** A sentence: what is wrong, where, and what to do. */
  readonly message: string;
  /** The records that it is about. */
  readonly messageIds?: readonly string[];
}

/** What an audit of one site counted. */
export interface AuditCounts {
  /** Processes of the site that were compared. */
  readonly nodes: number;
  /** Records in their journals. */
  readonly journal: number;
  /** Records of the site at the hub, equal copies counted once. */
  readonly hub: number;
  /** Equal copies beyond the first one of each record: no fault. */
  readonly copies: number;
  /** Records in their journals that wait for delivery. Old ones are a fault of the node, and that is a finding. */
  readonly undelivered: number;
  /** Records at the hub that no journal has (pruned, or of a node that was replaced): no fault. */
  readonly onlyAtHub: number;
}

/** The counts of a site of which nothing is known. */
export const nothingCounted: AuditCounts = { nodes: 0, journal: 0, undelivered: 0, hub: 0, copies: 0, onlyAtHub: 0 };

/** What an audit of one site found. */
export interface SiteAudit {
  readonly site: string;
  /** False: no node of the site answered, so that nothing was compared. Such a site is never clean. */
  readonly reached: boolean;
  readonly counts: AuditCounts;
  /** What is wrong now, after a repair where one was asked for. */
  readonly findings: readonly Finding[];
  /** What the repair did; a sentence for each step. */
  readonly repairs: readonly string[];
}

/** Whether nothing is wrong with the site. */
export function isClean({ reached, findings }: SiteAudit): boolean {
  return reached && findings.length === 0;
}
