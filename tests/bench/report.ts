/** A result, and its limit. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  /** `""` for a ratio. */
  readonly unit: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** Results of one section. */
export interface SectionReport {
  readonly title: string;
  readonly figures: readonly Figure[];
}

/** Whether a result is within its limit; undefined without a limit. */
export function held({ value, atLeast, atMost }: Figure): boolean | undefined {
  if (atLeast === undefined && atMost === undefined) return undefined;
  return value >= (atLeast ?? -Infinity) * (1 - rounding) && value <= (atMost ?? Infinity) * (1 + rounding);
}

/** 0.18 s in 60 s are 0.3 %; the quotient is slightly more. */
const rounding = 1e-9;

/** Formats the results as Markdown: ratios first, then absolute values. */
export function reportText(reports: readonly SectionReport[], head: readonly string[], task = "bench"): string {
  return [
    `# Results of \`deno task ${task}\``,
    "",
    ...head.map((line) => `- ${line}`),
    "",
    "## Ratios and limits",
    "",
    "| section | what | measured | wanted | |",
    "|---|---|---|---|---|",
    ...rows(reports, (figure) => held(figure) !== undefined).map(({ section, figure }) =>
      `| ${section} | ${figure.what} | ${number(figure)} | ${wanted(figure)} | ${
        held(figure) ? "holds" : "**missed**"
      } |`
    ),
    "",
    "## Figures",
    "",
    "| section | what | measured |",
    "|---|---|---|",
    ...rows(reports, (figure) => held(figure) === undefined).map(({ section, figure }) =>
      `| ${section} | ${figure.what} | ${number(figure)} |`
    ),
    "",
  ].join("\n");
}

function rows(reports: readonly SectionReport[], which: (figure: Figure) => boolean) {
  return reports.flatMap(({ title, figures }) => figures.filter(which).map((figure) => ({ section: title, figure })));
}

function wanted({ atLeast, atMost, unit }: Figure): string {
  return atLeast === undefined ? `<= ${atMost} ${unit}`.trimEnd() : `>= ${atLeast} ${unit}`.trimEnd();
}

function number({ value, unit }: Figure): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return `${value.toFixed(digits)} ${unit}`.trimEnd();
}
