/** What the build of a package needs of the command line interface. */
export { type CommandDescription, describeCommands, type OptionDescription } from "./command_tree.ts";
