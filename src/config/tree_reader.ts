import { type Alias, type Document, isAlias, isMap, isNode, isScalar, isSeq } from "yaml";
import { type Node, Scalar, visit, type YAMLMap } from "yaml";
import { resolvePlain, substitute } from "./environment.ts";
import { entryPath, type Finding, type Place, type TreeNode } from "./tree.ts";

/** Aliases multiply: a few lines of YAML can contain billions of values, or refer to themselves. */
const maxValues = 100_000;
const maxDepth = 32;

/** Converts the nodes of a YAML document to tree nodes. */
export class TreeReader {
  /** The mistakes found. */
  readonly findings: Finding[] = [];
  readonly #targets = new Map<Alias, Node>();
  readonly #placeAt: (offset: number) => Place;
  readonly #env: ((name: string) => string | undefined) | undefined;
  #values = 0;

  /**
   * @param document a document without errors
   * @param placeAt returns the place of an offset in the text
   * @param env undefined if values stay unchanged
   */
  constructor(document: Document, placeAt: (offset: number) => Place, env?: (name: string) => string | undefined) {
    this.#placeAt = placeAt;
    this.#env = env;
    const anchors = new Map<string, Node>();
    visit(document, {
      Node: (_key, node) => {
        const target = isAlias(node) ? anchors.get(node.source) : undefined;
        if (isAlias(node) && target !== undefined) this.#targets.set(node, target);
        if (!isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
      },
    });
  }

  /**
   * @param node a node of the document; nothing and null are empty values
   * @param place the place of the value if `node` has none
   * @throws {RangeError} too many values or levels, aliases followed
   */
  read(node: unknown, path: string, place: Place, depth = 0): TreeNode {
    if (++this.#values > maxValues) throw new RangeError(`more than ${maxValues} values, aliases followed`);
    if (depth > maxDepth) throw new RangeError(`more than ${maxDepth} levels, aliases followed`);
    if (!isNode(node)) return { kind: "scalar", path, place, value: null, source: "" };
    const here = this.#placeOf(node, place);
    if (isAlias(node)) return this.#readAlias(node, path, here, depth);
    if (isMap(node)) return this.#readMap(node, path, here, depth);
    if (isSeq(node)) {
      const items = node.items.map((item, index) => this.read(item, `${path}[${index}]`, here, depth + 1));
      return { kind: "list", path, place: here, items };
    }
    return this.#readScalar(node, path, here);
  }

  #placeOf(node: Node, otherwise: Place): Place {
    return node.range ? this.#placeAt(node.range[0]) : otherwise;
  }

  #readAlias(alias: Alias, path: string, place: Place, depth: number): TreeNode {
    const target = this.#targets.get(alias);
    if (target !== undefined) return this.read(target, path, place, depth + 1);
    this.findings.push({ place, path, found: `*${alias.source}`, allowed: "the alias of an anchor above it" });
    return { kind: "scalar", path, place, value: null, source: `*${alias.source}` };
  }

  #readMap(map: YAMLMap, path: string, place: Place, depth: number): TreeNode {
    const entries: Map<string, { keyPlace: Place; node: TreeNode }> = new Map();
    const merged: TreeNode[] = [];
    for (const { key, value } of map.items) {
      if (!isScalar(key)) {
        const keyPlace = isNode(key) ? this.#placeOf(key, place) : place;
        this.findings.push({ place: keyPlace, path, found: "a key that is not a plain word", allowed: "plain words" });
        continue;
      }
      const keyPlace = this.#placeOf(key, place);
      const name = String(key.value);
      if (name === "<<" && key.type === Scalar.PLAIN) {
        const sources = isSeq(value) ? value.items : [value];
        merged.push(...sources.map((source) => this.read(source, path, keyPlace, depth + 1)));
      } else if (entries.has(name)) {
        this.findings.push({
          place: keyPlace,
          path: entryPath(path, name),
          found: "the key a second time",
          allowed: "each key once",
          duplicateKey: true,
        });
      } else {
        entries.set(name, { keyPlace, node: this.read(value, entryPath(path, name), keyPlace, depth + 1) });
      }
    }
    for (const source of merged) this.#merge(source, entries);
    return { kind: "map", path, place, entries };
  }

  /** An existing key stays: keys of the mapping and earlier merges have priority. */
  #merge(source: TreeNode, entries: Map<string, { keyPlace: Place; node: TreeNode }>): void {
    if (source.kind !== "map") {
      const { place, path } = source;
      this.findings.push({
        place,
        path,
        found: "<< without an alias of a mapping",
        allowed: "<< with the alias of a mapping",
      });
      return;
    }
    for (const [key, entry] of source.entries) if (!entries.has(key)) entries.set(key, entry);
  }

  #readScalar(node: Scalar, path: string, place: Place): TreeNode {
    const source = node.source ?? String(node.value);
    if (this.#env === undefined || typeof node.value !== "string" || !node.value.includes("${")) {
      return { kind: "scalar", path, place, value: node.value, source };
    }
    const { text, mistakes } = substitute(node.value, this.#env);
    for (const mistake of mistakes) this.findings.push({ place, path, ...mistake });
    if (node.type !== Scalar.PLAIN || node.tag !== undefined) {
      return { kind: "scalar", path, place, value: text, source: text };
    }
    return { kind: "scalar", path, place, value: resolvePlain(text), source: text, substituted: text };
  }
}
