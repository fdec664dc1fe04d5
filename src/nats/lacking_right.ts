import { neededRights, optionalRights, type ResponseRights, responsesText, type RightsScope } from "./needed_rights.ts";
import { streamKinds } from "./streams.ts";
import { covers } from "./subject_cover.ts";

/** A subject that the server refuses. */
export interface Denial {
  readonly operation: "publish" | "subscribe";
  readonly subject: string;
}

/** A permission that the user of the node lacks. */
export interface LackingRight {
  /** What to add to the permissions in the server's configuration. */
  readonly line: string;
  /** Whether the subjects that call for it are made up each time. */
  readonly isAnySubject: boolean;
  /** What is refused without it, and what to do. */
  text(subjects: string): string;
}

/** First token of the subjects on which answers arrive unless the configuration names another one. */
export const usualInbox = "_INBOX";

/**
 * The permission that a refused subject calls for.
 *
 * @returns undefined for what the node does not need
 */
export function lackingRight({ operation, subject }: Denial, scope: RightsScope): LackingRight | undefined {
  const rights = neededRights("node", { ...scope, creates: streamKinds });
  const covering = (list: readonly string[]) => list.find((wide) => covers(wide, subject));
  if (operation === "subscribe") {
    if (isInbox(subject, scope)) return inboxRight(scope);
    const right = covering(rights.subscribe) ?? subject;
    const line = `subscribe: { allow: ["${right}"] }`;
    // Discovery has the id of a service in its subjects, and is there as a whole or not at all
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

function inboxRight({ inboxPrefix }: RightsScope): LackingRight {
  const line = `subscribe: { allow: ["${inboxPrefix}.>"] }`;
  const note = inboxPrefix === usualInbox
    ? " (or choose a prefix that it permits with nats.inbox_prefix)"
    : `, and ${usualInbox} is used instead`;
  return {
    line,
    isAnySubject: true,
    text: () => text(`to subscribe to ${inboxPrefix}.>, where answers arrive${note}`, line),
  };
}

function responseRight(allowed: ResponseRights): LackingRight {
  const line = `allow_responses: ${responsesText(allowed)}`;
  return {
    line,
    isAnySubject: true,
    text: () => text("the answers to requests: what is asked for is done, and whoever asked gets no answer", line),
  };
}

function isInbox(subject: string, { inboxPrefix }: RightsScope): boolean {
  return subject.startsWith(`${inboxPrefix}.`) || subject.startsWith(`${usualInbox}.`);
}

/** Whoever asks chooses the subject of the answer. */
function isReply(subject: string, { prefix }: RightsScope): boolean {
  return ![`${prefix}.`, "$JS.", "$SRV."].some((own) => subject.startsWith(own));
}
