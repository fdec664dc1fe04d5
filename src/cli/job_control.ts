/** A process of /proc. */
interface Process {
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Group in the foreground of its terminal. */
  readonly foreground: number;
}

/** Whether this process may change the settings of its terminal. Otherwise, the attempt would stop it. */
export function isInForeground(): boolean {
  try {
    const { group, foreground } = processOf("self");
    return group === foreground;
  } catch {
    return true;
  }
}

/**
 * Whether a shell can continue this process after a stop. `ssh -t HOST wattseal watch` and a container start it without
 * such a shell. The system then ignores Ctrl-Z for a process that does not listen to it (orphaned process group).
 */
export function hasJobControl(): boolean {
  try {
    const { group, session, parent } = processOf("self");
    for (let next = parent; next > 0;) {
      const ancestor = processOf(next);
      // A wrapper, such as a runner of tasks, is stopped together with this process
      if (ancestor.group !== group) return ancestor.session === session;
      next = ancestor.parent;
    }
  } catch {
    // The parent may belong to a user whose processes are hidden
  }
  return false;
}

/** @throws {Error} /proc is missing, or the process has ended */
function processOf(id: number | "self"): Process {
  const text = Deno.readTextFileSync(`/proc/${id}/stat`);
  // The name of the program can contain spaces and brackets
  const [, parent = 0, group = 0, session = 0, , foreground = 0] = text.slice(text.lastIndexOf(")") + 2).split(" ")
    .map(Number);
  return { parent, group, session, foreground };
}
