import type { FaultAdviceTable } from "../../view/mod.ts";
import { useLoaded } from "../shell/loaded.ts";
import { useServer } from "../shell/server.ts";

/** Cause and remedy of each kind of fault; undefined until the server has answered. */
export function useFaultAdvice(): FaultAdviceTable | undefined {
  const server = useServer();
  return useLoaded((signal) => server.get<FaultAdviceTable>("/api/faults", signal), [server]).value;
}
