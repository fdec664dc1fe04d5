import { Command } from "commander";
import type { Io } from "./io.ts";

/** `fleet` with its subcommands. @param done takes the exit code of the one that ran */
export function fleetCommand(_io: Io, _done: (code: number) => void): Command {
  return new Command("fleet").description("Set up, list and check a fleet of sites over NATS");
}
