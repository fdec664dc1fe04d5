/** Kinds of problems between a node, its edge stream and the hub. */
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

/** One problem. */
export interface Finding {
  readonly kind: FindingKind;
  /** One sentence: the problem, the place and the remedy. */
  readonly message: string;
  /** The affected records. */
  readonly messageIds?: readonly string[];
}

/** Counts of one site. */
export interface AuditCounts {
  /** Nodes whose journals were compared. */
  readonly nodes: number;
  /** Records in their journals. */
  readonly journal: number;
  /** Records of the site at the hub, without identical copies. */
  readonly hub: number;
  /** Identical copies beyond the first of each record: not a fault. */
  readonly copies: number;
  /** Undelivered records in their journals. Old ones are a fault of the node, and so a finding. */
  readonly undelivered: number;
  /** Records at the hub that no journal has (pruned, or from a replaced node): not a fault. */
  readonly onlyAtHub: number;
}

/** The counts of a site without data. */
export const emptyCounts: AuditCounts = { nodes: 0, journal: 0, undelivered: 0, hub: 0, copies: 0, onlyAtHub: 0 };

/** Result of the audit of one site. */
export interface SiteAudit {
  readonly site: string;
  /** False: no node of the site answered, so nothing was compared. Such a site is never clean. */
  readonly reached: boolean;
  readonly counts: AuditCounts;
  /** Current problems, after the repair if one was requested. */
  readonly findings: readonly Finding[];
  /** Steps of the repair, one sentence each. */
  readonly repairs: readonly string[];
}

/** Whether the site has no findings. */
export function isClean({ reached, findings }: SiteAudit): boolean {
  return reached && findings.length === 0;
}
