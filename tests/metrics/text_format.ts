const name = "[a-zA-Z_:][a-zA-Z0-9_:]*";
/** In quotes; the only escapes are those of a backslash, a quote and a newline. */
const labelValue = String.raw`"(?:[^"\\\n]|\\[\\"n])*"`;
const labels = String.raw`\{(?:[a-zA-Z_][a-zA-Z0-9_]*=${labelValue}(?:,(?!\})|(?=\})))*\}`;
const value = String.raw`[+-]?(?:Inf|\d+(?:\.\d+)?(?:e[+-]?\d+)?)|NaN`;
const sample = new RegExp(`^(${name})(${labels})? (?:${value})$`);

/** Units that a name must not have, because they are not base units. */
const otherUnits = /_(milliseconds|ms|minutes|hours|days|kilobytes|megabytes|bits|percent|kwh|kilowatts)(_|$)/;
const types = ["counter", "gauge", "summary"];

/**
 * What is wrong with a page in the text format of Prometheus 0.0.4, or against the rules of `promtool check metrics`;
 * empty: nothing.
 */
export function mistakesIn(page: string): string[] {
  const mistakes: string[] = [];
  if (!page.endsWith("\n")) mistakes.push("the last line does not end");
  const types = new Map<string, string>();
  const helps = new Set<string>();
  const series = new Set<string>();
  let current = "";
  for (const line of page.split("\n")) {
    const [, keyword, of = "", text = ""] = new RegExp(`^# (HELP|TYPE) (${name}) (.+)$`).exec(line) ?? [];
    if (line === "") continue;
    if (keyword === "HELP") {
      if (helps.has(of)) mistakes.push(`${of} has two HELP`);
      if (/\\(?![\\n])/.test(text)) mistakes.push(`${of} has a wrong escape in HELP`);
      helps.add(of);
    } else if (keyword === "TYPE") {
      if (types.has(of)) mistakes.push(`${of} has two TYPE`);
      mistakes.push(...mistakesOfName(of, text));
      types.set(of, text);
      current = of;
    } else {
      const [whole, of = "", labels = ""] = sample.exec(line) ?? [];
      if (whole === undefined) mistakes.push(`not a sample: ${line}`);
      else if (of !== current) mistakes.push(`${of} is not in the group of its TYPE`);
      else if (series.has(of + labels)) mistakes.push(`${of}${labels} is there twice`);
      else if (types.get(of) !== "summary" && labels.includes("quantile=")) mistakes.push(`${of} has quantiles`);
      series.add(of + labels);
    }
  }
  for (const of of types.keys()) if (!helps.has(of)) mistakes.push(`${of} has no HELP`);
  return mistakes;
}

function mistakesOfName(of: string, type: string): string[] {
  return [
    ...(types.includes(type) ? [] : [`${of} has the type ${type}`]),
    ...(of.endsWith("_total") === (type === "counter") ? [] : [`${of} is a ${type}`]),
    ...(otherUnits.test(of) ? [`${of} has no base unit`] : []),
    ...(/_(count|sum|bucket|gauge|counter|summary)$/.test(of) ? [`${of} has a reserved end`] : []),
    ...(/[A-Z:]/.test(of) ? [`${of} is not in snake case`] : []),
  ];
}
