import { dirname, join } from "node:path";

/** A user of this machine, as the kernel checks permissions. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  /** The ids of all its groups. */
  readonly gids: readonly number[];
}

const isRootId = 0;

/** Whether permission bits do not limit an account. */
export function isRoot({ uid }: Account): boolean {
  return uid === isRootId;
}

/**
 * Finds a user in the files of this machine.
 *
 * @param user name or id
 * @param root folder with `etc`
 * @returns undefined: there is no such user
 */
export function findAccount(user: string | number, root: string): Account | undefined {
  const entry = rowsOf(join(root, "etc/passwd")).find(([name, , uid]) => user === name || String(user) === uid);
  if (entry === undefined) return undefined;
  const [name = "", , uid, gid] = entry;
  const others = rowsOf(join(root, "etc/group")).filter(([, , , members = ""]) => members.split(",").includes(name));
  return { name, uid: Number(uid), gids: [Number(gid), ...others.map(([, , id]) => Number(id))] };
}

/** The account of this process, with the groups of its session. */
export function ownAccount(root: string): Account {
  const uid = Deno.uid() ?? isRootId;
  const status = textOf(join(root, "proc/self/status"));
  const groups = /^Groups:\s*(.*)$/m.exec(status)?.[1] ?? "";
  const gids = groups.split(/\s+/).filter((id) => id !== "").map(Number);
  return { name: findAccount(uid, root)?.name ?? String(uid), uid, gids: [Deno.gid() ?? isRootId, ...gids] };
}

/** The name of a group; its id if it has none. */
export function groupName(gid: number, root: string): string {
  return rowsOf(join(root, "etc/group")).find(([, , id]) => id === String(gid))?.[0] ?? String(gid);
}

/** A kind of access to a file. */
export type Access = "enter" | "read" | "read and write" | "use";

const bits: Readonly<Record<Access, number>> = { enter: 1, read: 4, "read and write": 6, use: 7 };

/** Whether the mode of a file gives an account this access. Access lists are not known. */
export function mayAccess(account: Account, { mode, uid, gid }: Deno.FileInfo, access: Access): boolean {
  if (isRoot(account) || mode === null) return true;
  const shift = uid === account.uid ? 6 : account.gids.includes(gid ?? -1) ? 3 : 0;
  return ((mode >> shift) & bits[access]) === bits[access];
}

/** The first folder above a path that an account may not enter; undefined: it may enter all. */
export function closedFolder(account: Account, path: string): string | undefined {
  const folder = dirname(path);
  if (folder === path) return undefined;
  const closed = closedFolder(account, folder);
  return closed ?? (mayAccess(account, Deno.statSync(folder), "enter") ? undefined : folder);
}

function rowsOf(path: string): string[][] {
  return textOf(path).split("\n").map((line) => line.split(":"));
}

function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
