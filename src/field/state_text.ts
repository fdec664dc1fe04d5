import { ocmfStates } from "../meter/mod.ts";

/** The name of a state. */
export function stateText(state: number): string {
  return ocmfStates[state] ?? `${state}`;
}
