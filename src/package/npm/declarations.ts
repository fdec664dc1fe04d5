import { dirname, join } from "node:path";
import ts from "typescript";

/** A file whose declarations are written by other code. */
export interface ReplacedFile {
  readonly path: string;
  /** Declarations without `export`. */
  readonly text: string;
}

/** A declared type or value. */
interface Declared {
  readonly path: string;
  readonly text: string;
  /** All names in its text. */
  readonly uses: ReadonlySet<string>;
}

/**
 * The declarations of a module and of all that its types need, as the text of one declaration file. Names are unique in
 * the whole: a second declaration of a name in another file is an error.
 *
 * @throws {Error} a name is declared twice, or a file cannot be read
 */
export async function declarations(entry: string, replaced: ReplacedFile): Promise<string> {
  const roll = new Roll(replaced.path);
  const exported = await roll.add(entry);
  const texts = roll.needed(exported.map((name) => name.replace("type ", "")));
  return `${[replaced.text, ...texts].join("\n")}\nexport { ${exported.sort().join(", ")} };\n`;
}

class Roll {
  readonly #skipped: string;
  /** The exported names of each file. */
  readonly #names = new Map<string, string[]>();
  readonly #declared = new Map<string, Declared>();

  constructor(skipped: string) {
    this.#skipped = skipped;
  }

  /** Adds a file and what it imports. @returns the names that it exports with `export { }` and `export *` */
  async add(path: string): Promise<string[]> {
    const known = this.#names.get(path);
    if (known !== undefined || path === this.#skipped) return known ?? [];
    const names: string[] = [];
    this.#names.set(path, names);
    const options = { compilerOptions: { target: ts.ScriptTarget.ES2022 }, fileName: path };
    const { outputText } = ts.transpileDeclaration(await Deno.readTextFile(path), options);
    const file = ts.createSourceFile(path, outputText, ts.ScriptTarget.ES2022, true);
    for (const statement of file.statements) {
      if (ts.isImportDeclaration(statement)) await this.#follow(path, statement.moduleSpecifier);
      else if (ts.isExportDeclaration(statement)) names.push(...await this.#exported(path, statement));
      else this.#declare(path, statement);
    }
    return names;
  }

  /** The texts of some declarations and of all that they use. */
  needed(names: readonly string[]): string[] {
    const found = new Map<string, string>();
    const open = [...names];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const declared = this.#declared.get(name);
      if (declared === undefined || found.has(name)) continue;
      found.set(name, declared.text);
      open.push(...declared.uses);
    }
    return [...this.#declared.keys()].flatMap((name) => found.get(name) ?? []);
  }

  async #exported(
    path: string,
    { moduleSpecifier, exportClause, isTypeOnly }: ts.ExportDeclaration,
  ): Promise<string[]> {
    const all = await this.#follow(path, moduleSpecifier);
    if (exportClause === undefined) return all;
    if (!ts.isNamedExports(exportClause)) throw new Error(`Cannot roll up ${path}: it exports a namespace`);
    return exportClause.elements.map((element) =>
      `${isTypeOnly || element.isTypeOnly ? "type " : ""}${element.name.text}`
    );
  }

  async #follow(path: string, specifier: ts.Expression | undefined): Promise<string[]> {
    if (specifier === undefined || !ts.isStringLiteral(specifier) || !specifier.text.startsWith(".")) return [];
    return await this.add(join(dirname(path), specifier.text));
  }

  #declare(path: string, statement: ts.Statement): void {
    const comments = statement.getFullText().slice(0, statement.getLeadingTriviaWidth()).trim();
    const code = statement.getText().replace(/^export /, "");
    const text = comments === "" ? code : `${comments}\n${code}`;
    for (const name of namesOf(statement)) {
      const other = this.#declared.get(name);
      if (other !== undefined) throw new Error(`${other.path} and ${path} both declare ${name}`);
      this.#declared.set(name, { path, text, uses: usesOf(statement) });
    }
  }
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const isNamed = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement) ||
    ts.isClassDeclaration(statement) || ts.isFunctionDeclaration(statement);
  return isNamed && statement.name !== undefined ? [statement.name.text] : [];
}

function usesOf(statement: ts.Statement): Set<string> {
  const uses = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) uses.add(node.text);
    node.forEachChild(visit);
  };
  visit(statement);
  return uses;
}
