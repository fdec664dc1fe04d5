import { isGood, type ShownVerification } from "../../view/mod.ts";
import { Badge, type Tone } from "../shell/badge.ts";
import { html, type VNode } from "../shell/html.ts";
import { useLanguage, useTexts } from "../shell/language.ts";
import { recordTexts } from "../texts/record.ts";
import { problemText } from "../texts/problem_text.ts";
import { recordWords } from "../texts/record_words.ts";

const subjects = ["signature", "session", "key"] as const;

const tones: ReadonlyMap<string, Tone> = new Map<string, Tone>([
  ["valid", "ok"],
  ["invalid", "problem"],
  ["unverifiable", "warning"],
  ["malformed", "problem"],
  ["ok", "ok"],
  ["violated", "problem"],
  ["unknown", "warning"],
  ["pinned", "ok"],
  ["first_seen", "info"],
  ["changed", "problem"],
]);

/** The three verdicts on a record in words, with their meanings and the problems that were found. */
export function VerdictBadges({ verification }: { readonly verification: ShownVerification }): VNode {
  const t = useTexts(recordTexts);
  const language = useLanguage();
  const meanings = recordWords(language).verdicts;
  const { problems } = verification;
  return html`<div class="verdicts">
    <dl>${
    subjects.map((subject) => {
      const verdict = verification[subject];
      return html`
        <div key=${subject} class="verdict" data-verdict=${verdict}>
          <dt>${t[subject]}</dt>
          <dd>
            <${Badge} tone=${tones.get(verdict) ?? "warning"} text=${verdictText(verdict, t)} />
            <span class="verdict-meaning">${meanings[`${subject} ${verdict}`] ?? ""}</span>
          </dd>
        </div>
      `;
    })
  }</dl>
    ${
    problems.length === 0 ? null : html`
      <div class="findings">
        <h3>${t.problems}</h3>
        <ul>${problems.map((problem, index) => html`<li key=${index}>${problemText(problem, language)}</li>`)}</ul>
      </div>
    `
  }
  </div>`;
}

/** The verdicts of a row in one badge: whether it can be billed, else the first verdict that is against it. */
export function VerdictBadge({ verification }: { readonly verification: ShownVerification }): VNode {
  const t = useTexts(recordTexts);
  const language = useLanguage();
  const [problem] = verification.problems;
  const bad = subjects.find((subject) => {
    const tone = tones.get(verification[subject]) ?? "warning";
    return tone === "problem" || tone === "warning";
  });
  const verdict = bad === undefined ? "valid" : verification[bad];
  const tone: Tone = isGood(verification) ? "ok" : tones.get(verdict) ?? "warning";
  const text = bad === undefined ? t.valid : `${t[bad]}: ${verdictText(verdict, t)}`;
  return html`<${Badge} tone=${tone} text=${text} title=${
    problem === undefined ? undefined : problemText(problem, language)
  } />`;
}

type VerdictTexts = Readonly<
  & Record<"valid" | "invalid" | "unverifiable" | "malformed" | "ok" | "violated" | "unknown", string>
  & Record<"pinned" | "first_seen" | "changed", string>
>;

/** A verdict in words. */
function verdictText(verdict: string, t: VerdictTexts): string {
  return tones.has(verdict) ? t[verdict as keyof VerdictTexts] : verdict;
}
