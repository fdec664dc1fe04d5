import { ocmfStates } from "../meter/mod.ts";

/** The number of a state in words. */
export function stateText(state: number): string {
  return ocmfStates[state] ?? `${state}`;
}
