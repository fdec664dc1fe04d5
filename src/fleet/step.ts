/** One line of a plan. */
export interface FleetStep {
  /** `differs`: it is not as it should be, and stays so. */
  readonly action: "create" | "keep" | "change" | "remove" | "differs";
  /** `stream WATTSEAL_OCMF`, `consumer billing`, `source of WATTSEAL_OCMF` */
  readonly subject: string;
  /** What is done, or what differs and what to do about it. */
  readonly text: string;
  /** Absent: there is nothing to do. */
  readonly act?: () => Promise<void>;
}
