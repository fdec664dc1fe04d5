/**
 * Checks of the machine, the configuration and the broker of a node.
 *
 * @module
 */
export { type Account, findAccount, ownAccount } from "./account.ts";
export { examine } from "./examine.ts";
export type { EverestFile, Examined } from "./examined.ts";
export type { Check, Finding, FindingState } from "./finding.ts";
