/** A text after the replacement of environment variables. */
export interface Substitution {
  readonly text: string;
  /** The variables that could not be replaced. */
  readonly mistakes: readonly { readonly found: string; readonly allowed: string }[];
}

/**
 * Replaces each `${NAME}` with the value of the variable, and each `$${` with a literal `${`. Values of variables are
 * not processed again.
 */
export function substitute(source: string, env: (name: string) => string | undefined): Substitution {
  const mistakes: { found: string; allowed: string }[] = [];
  const text = source.replace(/\$\$\{|\$\{([^}]*)(\}?)/g, (match: string, name: string | undefined, end: string) => {
    if (name === undefined) return "${";
    if (end === "" || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      mistakes.push({ found: '"${" that does not start a ${NAME}', allowed: "${NAME}, or $${ for a literal ${" });
      return match;
    }
    const value = env(name);
    if (value !== undefined) return value;
    mistakes.push({
      found: `\${${name}}, but no environment variable ${name}`,
      allowed: `a variable that is set, or $\${${name}} for this literal text`,
    });
    return match;
  });
  return { text, mistakes };
}

/** Escapes `text` for a file; {@linkcode substitute} returns the original text. */
export function escapeVariables(text: string): string {
  return text.replaceAll("${", () => "$${");
}

/** The value of an unquoted YAML scalar: a boolean, a number, or otherwise the text. */
export function resolvePlain(text: string): string | number | boolean {
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  const isNumber = /^(?:[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|0o[0-7]+|0x[\dA-Fa-f]+)$/.test(text);
  return isNumber ? Number(text) : text;
}
