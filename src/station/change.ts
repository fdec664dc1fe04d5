/** A difference between two configurations of the lines and meters. */
export interface Change {
  readonly subject: "line" | "meter";
  /** Name in the configuration. */
  readonly name: string;
  /** `moved`: a meter that is on another line now. */
  readonly kind: "added" | "removed" | "changed" | "moved";
  /** The keys whose values differ; empty unless it was changed or moved. */
  readonly keys: readonly string[];
}

/** A change that is not in force yet. */
export interface WaitingChange {
  readonly change: Change;
  /** Names of the meters whose work must end first. */
  readonly meters: readonly string[];
}

/** A change as text: `meter evse-1 is changed (powermeter_device_id)`. */
export function changeText({ subject, name, kind, keys }: Change): string {
  return `${subject} ${name} is ${kind}${keys.length === 0 ? "" : ` (${keys.join(", ")})`}`;
}

/** A change that waits, as text, with the reason. */
export function waitingText({ change, meters }: WaitingChange): string {
  return `${changeText(change)} as soon as no transaction is open on ${meters.join(", ")}`;
}
