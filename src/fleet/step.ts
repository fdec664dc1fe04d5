/** One line of a plan. */
export interface FleetStep {
  /** `differs`: it differs from the request, and is not changed. */
  readonly action: "create" | "keep" | "change" | "remove" | "differs";
  /** `stream WATTSEAL_OCMF`, `consumer billing`, `source of WATTSEAL_OCMF` */
  readonly subject: string;
  /** The change, or the difference and its remedy. */
  readonly text: string;
  /** Undefined if there is nothing to do. */
  readonly act?: () => Promise<void>;
}
