import ts from "typescript";

/** Possible texts of expressions that are a part of a sentence, by module. Each other expression is a value. */
const parts: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  json: { what: ["the text ends", 'unexpected "x"'] },
  record: { name: ["payload", "signature"] },
  session: { found: ["The pagination is T7, but T6 is expected"] },
  session_checks: { name: ["Reading 7"], "name.toLowerCase()": ["reading 7"], "time.flag": ["U", "I"] },
  signature: { kind: ["is unknown", "is RSA, which OCMF does not support"], signedCompact: [] },
  split: { section: ["payload", "signature"] },
};
/** What stands before a sentence that another module or function completes. */
const beginnings: Readonly<Record<string, string>> = {
  json: "Cannot read the OCMF record: the payload section is not JSON: ",
  withoutValue: "The record has no meter value: ",
};

/** All sentences that a module can state, with sample values. @param module its name without the extension */
export function sourceSentences(module: string, source: string): string[] {
  const reader = new SentenceReader(parts[module] ?? {});
  reader.visit(ts.createSourceFile("source.ts", source, ts.ScriptTarget.Latest, true));
  return reader.found.filter((text) => /^[A-Z].* .* /.test(text)).map((text) => `${beginnings[module] ?? ""}${text}`);
}

class SentenceReader {
  readonly found: string[] = [];
  readonly #parts: Readonly<Record<string, readonly string[]>>;

  constructor(parts: Readonly<Record<string, readonly string[]>>) {
    this.#parts = parts;
  }

  visit(node: ts.Node): void {
    // The texts of a part are those above
    if (ts.isVariableDeclaration(node) && node.name.getText() in this.#parts) return;
    if (isText(node)) return void this.found.push(...this.#textsOf(node));
    if (ts.isCallExpression(node)) {
      const begin = beginnings[node.expression.getText()];
      const [argument] = node.arguments;
      if (begin !== undefined && argument !== undefined && isText(argument)) {
        this.found.push(...this.#textsOf(argument).map((text) => `${begin}${text}`));
      }
    }
    node.forEachChild((child) => this.visit(child));
  }

  #textsOf(node: ts.Expression): readonly string[] {
    if (ts.isStringLiteralLike(node)) return [node.text];
    if (ts.isTemplateExpression(node)) {
      let texts = [node.head.text];
      for (const { expression, literal } of node.templateSpans) {
        const values = this.#textsOf(expression);
        texts = texts.flatMap((begin) => values.map((value) => `${begin}${value}${literal.text}`));
      }
      return texts;
    }
    if (isSum(node)) {
      const ends = this.#textsOf(node.right);
      return this.#textsOf(node.left).flatMap((begin) => ends.map((end) => `${begin}${end}`));
    }
    if (ts.isConditionalExpression(node)) {
      return [...this.#textsOf(node.whenTrue), ...this.#textsOf(node.whenFalse)];
    }
    return this.#parts[node.getText()] ?? ["7"];
  }
}

function isText(node: ts.Node): node is ts.Expression {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) || (isSum(node) && isText(node.left));
}

function isSum(node: ts.Node): node is ts.BinaryExpression {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
}
