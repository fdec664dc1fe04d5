const maskFile = "/sys/devices/virtual/workqueue/cpumask";

/**
 * Binds the kernel's unbound workers to one core until it is disposed or the measurement is interrupted; needs root.
 *
 * @returns undefined if the system does not allow it
 */
export function kernelOnCore(core: number, say: (line: string) => void): Disposable | undefined {
  let before: string;
  try {
    before = Deno.readTextFileSync(maskFile).trim();
    Deno.writeTextFileSync(maskFile, (1 << core).toString(16));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    say(`the kernel's workers cannot be kept on one core (${error.message}): they use another one meanwhile`);
    return undefined;
  }
  const restore = () => Deno.writeTextFileSync(maskFile, before);
  const interrupted = () => {
    restore();
    Deno.exit(130);
  };
  Deno.addSignalListener("SIGINT", interrupted);
  Deno.addSignalListener("SIGTERM", interrupted);
  return {
    [Symbol.dispose]() {
      Deno.removeSignalListener("SIGINT", interrupted);
      Deno.removeSignalListener("SIGTERM", interrupted);
      restore();
    },
  };
}
