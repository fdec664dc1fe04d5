const maskFile = "/sys/devices/virtual/workqueue/cpumask";

/**
 * Keeps the kernel's unbound workers on one core until it is disposed of or the measurement is interrupted; takes root.
 *
 * @returns undefined where the system does not allow it
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
