import { neededRights, optionalRights, type ResponseRights, responsesText, type RightsScope } from "./needed_rights.ts";
import { streamKinds } from "./streams.ts";
import { covers } from "./subject_cover.ts";

/** A subject that the server refuses. */
export interface Denial {
  readonly operation: "publish" | "subscribe";
  readonly subject: string;
}

/** A permission that is missing for the user of the node. */
export interface MissingPermission {
  /** The line to add to the permissions in the configuration of the server. */
  readonly line: string;
  /** Whether the subjects that need it are random. */
  readonly isAnySubject: boolean;
  /** The refused operation and the remedy. */
  text(subjects: string): string;
}

/** Default first token of the subjects for answers. */
export const usualInbox = "_INBOX";

/**
 * The permission that a refused subject needs.
 *
 * @returns undefined: the node does not need the subject
 */
export function missingPermission({ operation, subject }: Denial, scope: RightsScope): MissingPermission | undefined {
  const rights = neededRights("node", { ...scope, creates: streamKinds });
  const covering = (list: readonly string[]) => list.find((wide) => covers(wide, subject));
  if (operation === "subscribe") {
    if (isInbox(subject, scope)) return inboxRight(scope);
    const right = covering(rights.subscribe) ?? subject;
    const line = `subscribe: { allow: ["${right}"] }`;
    // Discovery subjects contain the id of a service; they work all together or not at all
    const isAnySubject = subject.startsWith("$SRV.");
    return { line, isAnySubject, text: (subjects) => text(`to subscribe to ${isAnySubject ? right : subjects}`, line) };
  }
  const right = covering(rights.publish);
  if (right === undefined && covering(optionalRights(scope)) !== undefined) return undefined;
  if (right === undefined && isReply(subject, scope) && rights.allowResponses !== undefined) {
    return responseRight(rights.allowResponses);
  }
  const line = `publish: { allow: ["${right ?? subject}"] }`;
  return { line, isAnySubject: false, text: (subjects) => text(`to publish to ${subjects}`, line) };
}

function text(refused: string, line: string): string {
  return `NATS refuses ${refused}; add ${line} to the permissions of this user`;
}

function inboxRight({ inboxPrefix }: RightsScope): MissingPermission {
  const line = `subscribe: { allow: ["${inboxPrefix}.>"] }`;
  const note = inboxPrefix === usualInbox
    ? " (or set nats.inbox_prefix to a permitted prefix)"
    : `, and ${usualInbox} is used instead`;
  return {
    line,
    isAnySubject: true,
    text: () => text(`to subscribe to ${inboxPrefix}.>, the subjects for answers${note}`, line),
  };
}

function responseRight(allowed: ResponseRights): MissingPermission {
  const line = `allow_responses: ${responsesText(allowed)}`;
  return {
    line,
    isAnySubject: true,
    text: () => text("to publish answers to requests; requests are carried out, but the clients get no answer", line),
  };
}

function isInbox(subject: string, { inboxPrefix }: RightsScope): boolean {
  return subject.startsWith(`${inboxPrefix}.`) || subject.startsWith(`${usualInbox}.`);
}

/** The client of a request chooses the subject for the answer. */
function isReply(subject: string, { prefix }: RightsScope): boolean {
  return ![`${prefix}.`, "$JS.", "$SRV."].some((own) => subject.startsWith(own));
}
