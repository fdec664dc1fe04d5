import { leafRights, neededRights, type Rights, type Role, streamKinds } from "../nats/mod.ts";

/**
 * The role of credentials: a user of NATS, the leaf connection of an edge server, or an administrator of the account.
 */
export type CredentialsRole = Role | "leaf" | "administrator";

/** All of {@linkcode CredentialsRole}. */
export const credentialsRoles = [
  "node",
  "leaf",
  "viewer",
  "controller",
  "billing",
  "web",
  "everest",
  "administrator",
] as const;

/**
 * Prefix of the subjects on which a user receives replies. For a site it is `_INBOX_<site>`; an administrator has the
 * default of the client, so that the `nats` tool works without options.
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
    case "web":
    case "everest":
      return `_INBOX_${role}.${name}`;
  }
}

/** The permissions of a role, as a template for each user; undefined: all permissions. */
export function rightsTemplate(role: CredentialsRole, prefix: string): Rights | undefined {
  const name = "{{name()}}";
  switch (role) {
    case "administrator":
      return undefined;
    case "leaf":
      return leafRights({ prefix, site: name }, answerPrefixes(name));
    case "node":
      return neededRights(role, { prefix, site: name, inboxPrefix: "{{tag(inbox)}}", creates: streamKinds });
    case "viewer":
    case "controller":
    case "billing":
    case "web":
      return neededRights(role, { prefix, site: "*", inboxPrefix: inboxPrefixOf(role, name) });
    case "everest":
      return neededRights(role, { prefix, site: name, inboxPrefix: inboxPrefixOf(role, name) });
  }
}

/** Inboxes of users who send requests to the node of a site. */
export function answerPrefixes(site: string): readonly string[] {
  return ["_INBOX", "_INBOX_viewer", "_INBOX_controller", inboxPrefixOf("everest", site)];
}
