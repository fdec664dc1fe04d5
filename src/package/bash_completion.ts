import type { CommandDescription } from "../cli/mod.ts";

/** Returns the completion of a program for bash. It needs no functions of other packages. */
export function bashCompletion(program: CommandDescription): string {
  const paths = pathsOf(program, "");
  const candidates = paths.map(([path, command]) =>
    `    "${path}") words="${
      [...command.commands.map(({ name }) => name), ...command.choices, ...command.options.map(({ long }) => long)]
        .join(" ")
    }" ;;`
  );
  const values = paths.flatMap(([path, { options }]) =>
    options.filter(({ takesValue }) => takesValue).map(({ long, choices }) =>
      `    "${path} ${long}") words="${choices.join(" ")}"; isValue=1 ;;`
    )
  );
  const steps = paths.flatMap(([path, { commands }]) => commands.map(({ name }) => `"${path} ${name}"`));
  return `# Completion of the command ${program.name} for bash. Generated from its commands.
_${program.name}() {
  local path="" word words="" isValue="" current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
    ${steps.join(" | ")}) path="$path $word" ;;
    esac
  done
  case "$path $previous" in
${values.join("\n")}
  esac
  if [ -z "$isValue" ]; then
    case "$path" in
${candidates.join("\n")}
    esac
  fi
  # An empty answer lets bash complete names of files.
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -o default -F _${program.name} ${program.name}
`;
}

/** All commands with the words that lead to them: `" tx start"`; the program itself has an empty path. */
function pathsOf(command: CommandDescription, path: string): (readonly [string, CommandDescription])[] {
  return [[path, command], ...command.commands.flatMap((child) => pathsOf(child, `${path} ${child.name}`))];
}
