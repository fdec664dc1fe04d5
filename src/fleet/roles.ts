import { leafRights, neededRights, type Rights, type Role, streamKinds } from "../nats/mod.ts";

/** Whom credentials are for: who uses the bus, an edge server's leaf connection, or an administrator of the account. */
export type CredentialsRole = Role | "leaf" | "administrator";

/** All of {@linkcode CredentialsRole}. */
export const credentialsRoles = ["node", "leaf", "viewer", "controller", "billing", "administrator"] as const;

/**
 * First tokens of the subjects on which a user gets answers. Those of a site are `_INBOX_<site>`; an administrator has
 * the client's own, so that the `nats` tool works as it is.
 */
export function inboxPrefixOf(role: CredentialsRole, name: string): string {
  switch (role) {
    case "node":
    case "leaf":
      return `_INBOX_${name}`;
    case "administrator":
      return "_INBOX";
    case "viewer":
    case "controller":
    case "billing":
      return `_INBOX_${role}.${name}`;
  }
}

/** The permissions of a role as a template that the server fills in for each user; absent: everything. */
export function rightsTemplate(role: CredentialsRole, prefix: string): Rights | undefined {
  const name = "{{name()}}";
  switch (role) {
    case "administrator":
      return undefined;
    case "leaf":
      return leafRights({ prefix, site: name }, answerPrefixes);
    case "node":
      return neededRights(role, { prefix, site: name, inboxPrefix: "{{tag(inbox)}}", creates: streamKinds });
    case "viewer":
    case "controller":
    case "billing":
      return neededRights(role, { prefix, site: "*", inboxPrefix: inboxPrefixOf(role, name) });
  }
}

/** Inboxes of those who send requests to the nodes. */
export const answerPrefixes = ["_INBOX", "_INBOX_viewer", "_INBOX_controller"] as const;
