import { apiCode, jetstreamReason, subjectsOverlap } from "./jetstream_reason.ts";
import { apiPrefix } from "./needed_rights.ts";
import { checkStream, unlimited } from "./stream_check.ts";
import type { StreamPlace, StreamState } from "./stream_state.ts";
import {
  addCommand,
  addSubjectsCommand,
  findingsText,
  missingText,
  natsStream,
  subjectOptions,
} from "./stream_repair.ts";
import { optionsOf } from "./streams.ts";
import { uncovered } from "./subject_cover.ts";

/** A sentence about a stream that is not as required, with the command that corrects it. */
export interface StreamProblem {
  readonly text: string;
  /**
   * `unsafe`: a record can be lost, or an existing stream does not have the subject of records. `absent`: a stream
   * cannot be created or checked. `warning`: any other problem.
   */
  readonly level: "unsafe" | "absent" | "warning";
}

/** The problems of a stream that a check has found. */
export function streamProblems(state: StreamState, place: StreamPlace): StreamProblem[] {
  return state.found === undefined ? ofNoStream(state, place) : [
    ...ofMeters(state, place),
    ...ofOwnName(state, place),
    ...ofSettings(state, place),
    ...(place.streams.scope === "site" ? ofOtherSites(state, place) : []),
  ];
}

function ofNoStream(
  { kind, wanted, needed, own, hidden, refusal }: StreamState,
  place: StreamPlace,
): StreamProblem[] {
  const { domain, streams } = place;
  if (own !== undefined) {
    const missing = uncovered(own.config.subjects ?? [], needed);
    return [{ text: missingText(own.config, missing, domain), level: kind === "ocmf" ? "unsafe" : "warning" }];
  }
  if (refusal !== undefined) {
    const text = `Cannot create stream ${wanted.name}: ${jetstreamReason(refusal, { domain })}`;
    return [{ text, level: kind === "ocmf" && apiCode(refusal) === subjectsOverlap ? "unsafe" : "absent" }];
  }
  if (hidden && optionsOf(streams, kind).enabled) {
    const text =
      `No stream has the subject ${
        needed.join(" and ")
      }, and the service may not check whether ${wanted.name} exists, ` +
      `so it does not create it: ${allowInfo(wanted.name, domain)}`;
    return [{ text, level: "warning" }];
  }
  // Readings and states need not be stored if their streams are disabled
  if (kind === "readings" || kind === "state" || optionsOf(streams, kind).enabled) return [];
  const text = `No stream has the subject ${needed.join(" and ")}, and \`streams.${kind}.enabled\` is false: run ` +
    addCommand(wanted, domain);
  return [{ text, level: "warning" }];
}

function ofMeters({ kind, found }: StreamState, { domain }: StreamPlace): StreamProblem[] {
  if (found?.info === undefined || found.missing === undefined || found.missing.length === 0) return [];
  const text = missingText(found.info.config, found.missing, domain);
  return [{ text, level: kind === "ocmf" ? "unsafe" : "warning" }];
}

function ofOwnName({ needed, own, found }: StreamState, { domain }: StreamPlace): StreamProblem[] {
  if (own === undefined || found === undefined || own.config.name === found.name) return [];
  const missing = uncovered(own.config.subjects ?? [], needed);
  const text =
    `Stream ${found.name} has ${missing.join(" and ")}. If ${own.config.name} should have them, remove them ` +
    `from ${found.name} first, then run ${addSubjectsCommand(own.config, missing, domain)}`;
  return [{ text, level: "warning" }];
}

function ofSettings(
  { kind, wanted, neededBytes = Infinity, found }: StreamState,
  { domain, streams }: StreamPlace,
): StreamProblem[] {
  // An administrator who creates the streams decides how readings and states are stored
  if (found === undefined || (kind !== "ocmf" && !optionsOf(streams, kind).enabled)) return [];
  if (found.info === undefined) {
    const text = `The settings of stream ${found.name} are unknown: ${allowInfo(found.name, domain)}`;
    return [{ text, level: "warning" }];
  }
  const { config } = found.info;
  const findings = checkStream(config, kind, wanted);
  if (wanted.max_bytes === undefined && neededBytes < Infinity && config.max_bytes <= 0 && found.name === wanted.name) {
    findings.push(unlimited(neededBytes));
  }
  if (findings.length === 0) return [];
  const unsafe = kind === "ocmf" && findings.some(({ loses }) => loses);
  return [{ text: findingsText(findings, found.name, domain), level: unsafe ? "unsafe" : "warning" }];
}

function ofOtherSites({ needed, own, found }: StreamState, { domain }: StreamPlace): StreamProblem[] {
  const info = found?.info;
  if (info === undefined) return [];
  const { name, subjects = [] } = info.config;
  const wider = uncovered(needed, subjects);
  if (wider.length > 0) {
    const text = `Stream ${name} also stores messages of other sites (${wider.join(", ")}), although ` +
      `\`streams.scope\` is site. Set it to all if other sites use this stream, otherwise run ` +
      natsStream(domain, "edit", name, `${subjectOptions(needed)} -f`);
    return [{ text, level: "warning" }];
  }
  // Messages of other sites that nothing can remove are no problem that an administrator could solve
  if (own?.config.name !== name || info.config.deny_purge) return [];
  const { num_subjects: all = 0, subjects: ours = {} } = info.state;
  if (all <= Object.keys(ours).length) return [];
  const text = `Stream ${name} holds messages of other sites: list them with ` +
    `${natsStream(domain, "subjects", name, "")} and remove those that are stored elsewhere with ` +
    natsStream(domain, "purge", name, "--subject=SUBJECT");
  return [{ text, level: "warning" }];
}

function allowInfo(stream: string, domain: string | undefined): string {
  return `allow this user to publish to ${apiPrefix(domain)}.STREAM.INFO.${stream}`;
}
