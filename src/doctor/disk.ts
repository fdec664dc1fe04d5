import { dirname } from "node:path";
import { diskRoom } from "../base/disk_room.ts";
import { infoOf } from "../base/files.ts";
import type { Examined } from "./examined.ts";
import { type Finding, Findings } from "./finding.ts";
import { mountOf } from "./mounts.ts";

/** Checks the disk of the state folder: kind, mode and free space. */
export function checkDisk({ settings: { stateDir, journal }, root }: Examined): readonly Finding[] {
  const findings = new Findings("disk");
  const folder = existing(stateDir);
  const mount = mountOf(folder, root);
  if (mount !== undefined) {
    const { kind, path, isReadOnly } = mount;
    const where = `${stateDir} is on ${path} (${kind})`;
    if (isReadOnly) {
      findings.problem(
        `${where}, which is mounted read-only`,
        "mount it with rw; after disk errors, check the disk first",
      );
    } else if (inMemory.includes(kind)) {
      findings.problem(`${where}: a restart of the machine loses its records`, "set state_dir to a folder on a disk");
    } else if (withoutModes.includes(kind)) {
      findings.problem(
        `${where}, which keeps no permissions and may lose files`,
        "set state_dir to a folder on ext4 or xfs",
      );
    } else if (isRemote(kind)) {
      findings.warning(`${where}: locks and syncs of SQLite are not reliable there`, "set state_dir to a local disk");
    } else findings.ok(where);
  }
  const room = diskRoom(folder);
  if (room === undefined) return findings.unknown(`The free space of ${folder} is unknown`).all;
  const [freeMb, totalMb] = [room.freeBytes, room.totalBytes].map((bytes) => Math.floor(bytes / 1_000_000));
  const free = `${freeMb} MB of ${totalMb} MB are free`;
  if (room.freeBytes >= journal.alarmFreeMb * 1_000_000) return findings.ok(free).all;
  return findings.problem(
    `${free}, less than journal.alarm_free_mb (${journal.alarmFreeMb})`,
    `free space on ${folder}`,
  )
    .all;
}

const inMemory = ["tmpfs", "ramfs"];
const withoutModes = ["vfat", "msdos", "exfat"];

function isRemote(kind: string): boolean {
  return /^(nfs\d?|cifs|smb3?|9p|fuse.*|ceph)$/.test(kind);
}

/** The folder, or the first one above it that exists. */
export function existing(folder: string): string {
  let found = folder;
  while (infoOf(found) === undefined && found !== dirname(found)) found = dirname(found);
  return found;
}
