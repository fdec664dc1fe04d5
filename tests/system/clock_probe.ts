/**
 * Prints whether the clock of the machine is synchronised. A test runs it in the place of the installed service.
 *
 * @module
 */
import { clockSynchronised } from "../../src/health/mod.ts";

Deno.stdout.writeSync(new TextEncoder().encode(`synchronised: ${clockSynchronised()}\n`));
