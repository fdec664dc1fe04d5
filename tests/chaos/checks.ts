import { systemTime } from "../../src/base/time.ts";
import type { Stored } from "./hub.ts";

/** Problems of the stored records of a site: missing, duplicated, or out of order for a meter. */
export function recordFindings(site: string, recordIds: readonly string[], stored: readonly Stored[]): string[] {
  const ofSite = stored.filter(({ subject }) => subject.split(".")[1] === site);
  const ids = ofSite.map(({ messageId }) => messageId);
  const missing = recordIds.filter((id) => !ids.includes(id));
  const doubled = ids.length - new Set(ids).size;
  const misplaced = Object.values(Object.groupBy(ofSite, ({ subject }) => subject)).filter((records = []) => {
    const places = [...new Set(records.map(({ messageId }) => recordIds.indexOf(messageId)))];
    return places.some((place, index) => place < (places[index - 1] ?? -1));
  });
  return [
    ...(missing.length > 0 ? [`${site}: ${missing.length} of ${recordIds.length} records are missing`] : []),
    ...(doubled > 0 ? [`${site}: ${doubled} records are stored twice`] : []),
    ...(misplaced.length > 0 ? [`${site}: records of ${misplaced.length} meters are out of order`] : []),
  ];
}

/** Problems of the stored readings of a site: missing, duplicated, or out of order for a meter. */
export function readingFindings(site: string, live: readonly string[], stored: readonly Stored[]): string[] {
  const ofSite = stored.filter(({ subject }) => subject.split(".")[1] === site);
  const ids = new Set(ofSite.map(({ messageId }) => messageId));
  const missing = new Set(live).difference(ids);
  return [
    ...(missing.size > 0 ? [`${site}: ${missing.size} of ${new Set(live).size} readings are missing`] : []),
    ...(ids.size < ofSite.length ? [`${site}: ${ofSite.length - ids.size} readings are stored twice`] : []),
  ];
}

/** Number of readings of a meter after a later one: readings of the spool arrive between live ones. */
export function lateReadings(site: string, stored: readonly Stored[]): number {
  const last = new Map<string, string>();
  let late = 0;
  for (const { subject, text } of stored) {
    if (subject.split(".")[1] !== site) continue;
    const { timestamp }: { timestamp: string } = JSON.parse(text);
    if (timestamp < (last.get(subject) ?? "")) late++;
    else last.set(subject, timestamp);
  }
  return late;
}

/** Checks until there are no problems, at most for `timeoutMs`. @returns the remaining problems */
export async function settled(readProblems: () => Promise<string[]>, timeoutMs = 120_000): Promise<string[]> {
  const endMs = systemTime.mono() + timeoutMs;
  while (true) {
    const findings = await readProblems();
    if (findings.length === 0 || systemTime.mono() > endMs) return findings;
    await systemTime.sleep(500);
  }
}
