/**
 * Reads single keys from the terminal until it is disposed. The terminal does not echo them then; Ctrl-C still ends the
 * process. The settings of the terminal are restored by the disposal, and also if the process ends by an error.
 *
 * @param press receives the characters of the pressed keys
 * @returns undefined if standard input or standard output is not a terminal
 */
export function terminalKeys(press: (text: string) => void): Disposable | undefined {
  if (!Deno.stdin.isTerminal() || !Deno.stdout.isTerminal()) return undefined;
  const restore = () => setRaw(false);
  const endings = ["error", "unhandledrejection"] as const;
  for (const ending of endings) addEventListener(ending, restore);
  setRaw(true);
  void readKeys(press);
  return {
    [Symbol.dispose]: () => {
      for (const ending of endings) removeEventListener(ending, restore);
      restore();
    },
  };
}

function setRaw(isRaw: boolean): void {
  try {
    Deno.stdin.setRaw(isRaw, { cbreak: isRaw });
  } catch {
    // The terminal was closed, so there are no settings
  }
}

/** Ends with the input; the last read waits until the process ends. */
async function readKeys(press: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(256);
  try {
    for (let count = await Deno.stdin.read(bytes); count !== null; count = await Deno.stdin.read(bytes)) {
      press(decoder.decode(bytes.subarray(0, count), { stream: true }));
    }
  } catch {
    // The terminal was closed: SIGHUP ends the process
  }
}
