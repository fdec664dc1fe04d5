/** A text with its environment variables replaced. */
export interface Substitution {
  readonly text: string;
  /** What could not be replaced. */
  readonly mistakes: readonly { readonly found: string; readonly allowed: string }[];
}

/**
 * Replaces each `${NAME}` by its variable and each `$${` by a literal `${`. What a variable holds is not looked at
 * again.
 */
export function substitute(source: string, env: (name: string) => string | undefined): Substitution {
  const mistakes: { found: string; allowed: string }[] = [];
  const text = source.replace(/\$\$\{|\$\{([^}]*)(\}?)/g, (match: string, name: string | undefined, end: string) => {
    if (name === undefined) return "${";
    if (end === "" || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      mistakes.push({ found: '"${" that begins no ${NAME}', allowed: "${NAME}, or $${ for a literal ${" });
      return match;
    }
    const value = env(name);
    if (value !== undefined) return value;
    mistakes.push({
      found: `\${${name}} and no environment variable ${name}`,
      allowed: `a variable that is set, or $\${${name}} for that very text`,
    });
    return match;
  });
  return { text, mistakes };
}

/** What stands for `text` in a file: {@linkcode substitute} gives it back. */
export function escapeVariables(text: string): string {
  return text.replaceAll("${", () => "$${");
}

/** What an unquoted YAML scalar of this text is: a boolean, a number or, for anything else, the text. */
export function resolvePlain(text: string): string | number | boolean {
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  const isNumber = /^(?:[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|0o[0-7]+|0x[\dA-Fa-f]+)$/.test(text);
  return isNumber ? Number(text) : text;
}
