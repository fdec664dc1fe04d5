/** TCOOFF and TCOON. */
const output = { stop: 0, go: 1 } as const;
/** O_RDWR, O_NOCTTY and O_NONBLOCK. */
const openTerminal = 0o2 | 0o400 | 0o4000;

const functions = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  tcflow: { parameters: ["i32", "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Makes a terminal accept no more bytes, like a stuck adapter.
 *
 * @returns a function that makes it accept bytes again; undefined: the terminal is gone
 */
export function stick(path: string): (() => void) | undefined {
  const libc = Deno.dlopen("libc.so.6", functions);
  const fd = libc.symbols.open(new TextEncoder().encode(`${path}\0`), openTerminal);
  const letGo = () => {
    if (fd >= 0) {
      libc.symbols.tcflow(fd, output.go);
      libc.symbols.close(fd);
    }
    libc.close();
  };
  if (fd >= 0 && libc.symbols.tcflow(fd, output.stop) === 0) return letGo;
  letGo();
  return undefined;
}
