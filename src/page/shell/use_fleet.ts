import type { FleetState } from "../../view/mod.ts";
import type { FleetLink } from "./fleet_link.ts";
import { createContext, useContext, useLayoutEffect, useState } from "./html.ts";

/** The fleet as a component sees it. */
export interface ShownFleet {
  readonly state: FleetState;
  /** Changes with each change of the state: a key for derived values. */
  readonly version: number;
  /** Whether a snapshot has arrived. */
  readonly isLoaded: boolean;
  /** Whether the shell has or tries to get a connection: not while a page is shown that needs none. */
  readonly isStarted: boolean;
  /** Whether a message has arrived since the connection was started. */
  readonly isCurrent: boolean;
  /** Since when nothing arrives from the server, in milliseconds since 1970; undefined: nothing is wrong. */
  readonly lostSinceMs: number | undefined;
}

/** The link of the shell. */
export const FleetContext = createContext<FleetLink | undefined>(undefined);

function useLink(): FleetLink {
  const link = useContext(FleetContext);
  if (link === undefined) throw new Error("Cannot use the fleet: this component is not in the shell of the page");
  return link;
}

/** The live fleet; the component is rendered after each change. @throws {Error} the component is not in the shell */
export function useFleet(): ShownFleet {
  const link = useLink();
  const [, setVersion] = useState(link.version);
  // The shell starts the link after this, so that its first change is not missed
  useLayoutEffect(() => link.subscribe(() => setVersion(link.version)), [link]);
  const { state, version, isLoaded, isStarted, isCurrent, lostSinceMs } = link;
  return { state, version, isLoaded, isStarted, isCurrent, lostSinceMs };
}

/** The clock of the server in milliseconds since 1970, which advances each second. @throws {Error} as {@linkcode useFleet} */
export function useNow(): number {
  const link = useLink();
  const [nowMs, setNowMs] = useState(link.serverNowMs);
  useLayoutEffect(() => link.subscribeClock(() => setNowMs(link.serverNowMs)), [link]);
  return nowMs;
}
