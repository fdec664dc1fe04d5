import type { Time } from "../base/time.ts";
import { hasJobControl, isInForeground } from "./job_control.ts";

/** A command that fills the terminal and reads single keys from it. */
export interface TerminalHolder {
  /** The command has the terminal: at the start, and when the shell continues it after Ctrl-Z. */
  taken(): void;
  /** The command gives the terminal back: at its end, on Ctrl-Z, and when an error ends the process. */
  givenBack(): void;
  /** The screen is no longer as it was drawn: it has another size, or the shell has written to it. */
  disturbed(): void;
  /** The characters of the pressed keys. */
  pressed(text: string): void;
  /** SIGQUIT (Ctrl-\): the command should end. */
  quit(): void;
}

/** Ends with the disposal. */
export interface HeldTerminal extends Disposable {
  /** Whether keys can be read: standard input is a terminal, too. */
  readonly hasKeys: boolean;
}

/**
 * The runner of a task receives SIGTSTP, too, and forwards it when it is continued: within this time, a further one is
 * ignored.
 */
const forwardedMs = 2000;

/**
 * Holds the terminal until it is disposed. Keys are read one by one and not echoed; those of signals, such as Ctrl-C, keep
 * their effect. Whenever the command does not have the terminal, the shell finds its own settings.
 */
export function holdTerminal(holder: TerminalHolder, time: Pick<Time, "mono">): HeldTerminal {
  const hasKeys = Deno.stdin.isTerminal();
  let isHeld = false;
  let continuedAtMs = -Infinity;
  const take = () => {
    // A process in the background is stopped here until it gets the terminal
    if (hasKeys) setRaw(true);
    if (isHeld) return holder.disturbed();
    isHeld = true;
    holder.taken();
  };
  const restore = () => {
    if (!isHeld) return;
    isHeld = false;
    holder.givenBack();
    // A wrapper that is stopped at once, such as npx, lets the shell take the terminal first
    if (hasKeys && isInForeground()) setRaw(false);
  };
  const stop = () => {
    if (time.mono() - continuedAtMs < forwardedMs || !hasJobControl()) return;
    restore();
    // A listener replaces the effect of SIGTSTP for good. Ctrl-Z reaches the whole group, so this does, too
    Deno.kill(0, "SIGSTOP");
    continuedAtMs = time.mono();
    take();
  };
  const listeners = [
    ["SIGTSTP", stop],
    // After a SIGSTOP, the shell has changed the settings
    ["SIGCONT", take],
    ["SIGWINCH", () => holder.disturbed()],
    ["SIGQUIT", () => holder.quit()],
  ] as const;
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  const endings = ["error", "unhandledrejection"] as const;
  for (const ending of endings) addEventListener(ending, restore);
  take();
  if (hasKeys) void readKeys(holder);
  return {
    hasKeys,
    [Symbol.dispose]: () => {
      for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
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
async function readKeys({ pressed }: TerminalHolder): Promise<void> {
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(256);
  try {
    for (let count = await Deno.stdin.read(bytes); count !== null; count = await Deno.stdin.read(bytes)) {
      pressed(decoder.decode(bytes.subarray(0, count), { stream: true }));
    }
  } catch {
    // The terminal was closed: SIGHUP ends the process
  }
}
