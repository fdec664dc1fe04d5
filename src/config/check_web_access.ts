import { isLoopback } from "../base/loopback.ts";
import { parseListen } from "./endpoint.ts";
import { childOf, type Finding, textOf, type TreeNode } from "./tree.ts";

/** What an address of the page that other machines can reach requires, for messages. */
export const accessRule =
  "an address of this machine alone, such as 127.0.0.1, or password_hash_file or trusted_proxy with it";

/** Checks that a page which other machines can reach asks for a login. */
export function checkWebAccess(root: TreeNode): Finding[] {
  const web = childOf(root, "web");
  const listen = childOf(web, "listen");
  const text = textOf(listen);
  const host = text === undefined ? undefined : parseListen(text)?.host;
  const hasLogin = ["password_hash_file", "trusted_proxy"].some((key) => childOf(web, key) !== undefined);
  if (listen === undefined || host === undefined || isLoopback(host) || hasLogin) return [];
  return [{ place: listen.place, path: listen.path, found: `${text} without a login`, allowed: accessRule }];
}
