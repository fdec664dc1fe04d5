/** A range of addresses. */
export interface AddressRange {
  readonly start: bigint;
  readonly bytes: bigint;
}

const header = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)$/;

/**
 * Finds where the process has mapped its program for reading only, with every page as it is in the file: the system can
 * read such a page again at any time.
 *
 * @param smaps text of `/proc/self/smaps`, see proc_pid_smaps(5)
 * @param program path of the program
 */
export function unchangedParts(smaps: string, program: string): AddressRange[] {
  const parts: AddressRange[] = [];
  let part: AddressRange | undefined;
  for (const line of smaps.split("\n")) {
    const [, start, end, permissions = "", path] = header.exec(line) ?? [];
    if (start !== undefined) {
      const from = BigInt(`0x${start}`);
      const isProgram = path === program && !permissions.includes("w");
      part = isProgram ? { start: from, bytes: BigInt(`0x${end}`) - from } : undefined;
    } else if (part !== undefined && /^VmFlags:/.test(line)) {
      parts.push(part);
    } else if (/^(Anonymous|Swap|Locked): +[1-9]/.test(line)) {
      part = undefined;
    }
  }
  return parts;
}
