import { joinedSession, type RecordInput, type RecordSession } from "../ocmf/mod.ts";

/** The sessions of meters that sign begin and end in two records of one group, by the record with the end. */
export function joinedSessions(inputs: readonly RecordInput[]): ReadonlyMap<RecordInput, RecordSession> {
  const found = new Map<RecordInput, RecordSession>();
  for (const [group, [one, other, ...more]] of Map.groupBy(inputs, (input) => input.group)) {
    if (group === undefined || one === undefined || other === undefined || more.length > 0) continue;
    for (const [begin, end] of [[one, other], [other, one]] as const) {
      const { session } = joinedSession(begin.ocmf, end.ocmf);
      if (session !== undefined) found.set(end, session);
    }
  }
  return found;
}
