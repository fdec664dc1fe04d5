/** What the task `test:system` has prepared for the tests. */
export interface Surroundings {
  /** Why the tests cannot run; undefined: they can. */
  readonly notRun?: string;
  /** Whether a test that cannot run is a failure. */
  readonly require: boolean;
  /** Wall clock in milliseconds after which no further test begins. */
  readonly beginBeforeMs?: number;
  /** The package that is tested. */
  readonly package: string;
  /** A Debian system without the package: do not change it. */
  readonly debian: string;
  /** The same with the package installed: do not change it. */
  readonly installed: string;
}

/** The environment variable that carries them. */
export const variable = "WATTSEAL_SYSTEM_TEST";

const without: Surroundings = {
  notRun: "use deno task test:system",
  require: false,
  package: "",
  debian: "",
  installed: "",
};

/** What was prepared. */
export function surroundings(): Surroundings {
  const text = Deno.env.get(variable);
  return text === undefined ? without : JSON.parse(text);
}

/**
 * A test that needs a whole Debian system. Where it cannot run, its name in the list of tests says why.
 *
 * @param missing why this test cannot run on this machine, for more than what all need
 */
export function systemTest(
  name: string,
  run: (surroundings: Surroundings) => Promise<void>,
  missing?: string,
): void {
  const all = surroundings();
  const notRun = all.notRun ?? missing;
  if (notRun === undefined) return Deno.test(name, (test) => inTime(test, run, all));
  Deno.test({
    name: `${name}: not run: ${notRun}`,
    ignore: !all.require,
    fn() {
      throw new Error(`This test is required, but cannot run: ${notRun}`);
    },
  });
}

async function inTime(
  test: Deno.TestContext,
  run: (surroundings: Surroundings) => Promise<void>,
  all: Surroundings,
): Promise<void> {
  if (Date.now() <= (all.beginBeforeMs ?? Infinity)) return await run(all);
  await test.step({ name: "not run: the time of --minutes is over", ignore: true, fn() {} });
  if (all.require) throw new Error("This test is required, but the time of --minutes is over");
}
