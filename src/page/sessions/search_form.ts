import { verdictChoices } from "../../view/mod.ts";
import { html, useEffect, useId, useMemo, useRef, type VNode } from "../shell/html.ts";
import { useTexts } from "../shell/language.ts";
import { useRouter } from "../shell/router.ts";
import { useFleet } from "../shell/use_fleet.ts";
import { recordTexts } from "../texts/record.ts";
import { sessionsTexts } from "../texts/sessions.ts";
import { dayTime, localTime } from "./local_time.ts";

/** A longer list of suggestions helps nobody. */
const maxSuggestions = 500;
const names = ["from", "to", "site", "meter", "evse", "transaction", "verdict"] as const;

/** The conditions of a search, which are in the address of the page. */
export function SearchForm({ query }: { readonly query: URLSearchParams }): VNode {
  const t = useTexts(sessionsTexts);
  const { setQuery } = useRouter();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const data = new FormData(event.currentTarget);
    const text = (name: string) => String(data.get(name) ?? "").trim();
    setQuery(Object.fromEntries(names.map((name) => [name, isTime(name) ? dayTime(text(name)) : text(name)])));
  };
  const clear = () => setQuery(Object.fromEntries(names.map((name) => [name, undefined])));
  return html`
    <form class="toolbar session-search no-print" role="search" aria-label=${t.searchFor} onSubmit=${submit}>
      <${TextField} name="from" type="datetime-local" value=${localTime(query.get("from"))} />
      <${TextField} name="to" type="datetime-local" value=${localTime(query.get("to"))} />
      <${TokenField} name="site" value=${query.get("site") ?? ""} />
      <${TokenField} name="meter" value=${query.get("meter") ?? ""} />
      <${TextField} name="evse" value=${query.get("evse") ?? ""} />
      <${TextField} name="transaction" value=${query.get("transaction") ?? ""} />
      <${VerdictField} value=${query.get("verdict") ?? ""} />
      <div class="buttons"><button class="button" type="submit">${t.search}</button>
          <button class="button" type="button" onClick=${clear}>${t.clear}</button></div>
    </form>
  `;
}

function isTime(name: typeof names[number]): boolean {
  return name === "from" || name === "to";
}

interface FieldProps {
  readonly name: "from" | "to" | "site" | "meter" | "evse" | "transaction";
  readonly value: string;
  readonly type?: string;
}

/** An input that has the value of the address until a person changes it. */
function useField(value: string) {
  const field = useRef<HTMLInputElement & HTMLSelectElement>(null);
  useEffect(() => {
    if (field.current !== null) field.current.value = value;
  }, [value]);
  return field;
}

function TextField({ name, value, type = "search" }: FieldProps): VNode {
  const t = useTexts(sessionsTexts);
  return html`<label class="field"><span>${t[name]}</span><input ref=${useField(value)} name=${name} type=${type}
    autocomplete="off" spellcheck=${false} step=${type === "search" ? undefined : "1"} maxlength="250" /></label>`;
}

/** A site or a meter, with the known ones to choose from. */
function TokenField({ name, value }: FieldProps & { readonly name: "site" | "meter" }): VNode {
  const t = useTexts(sessionsTexts);
  const id = useId();
  const { state, version } = useFleet();
  const known = useMemo(() => [...new Set(state.meters().map((row) => row[name]))], [state, version, name]);
  return html`<label class="field"><span>${t[name]}</span>
    <input ref=${useField(value)} name=${name} type="search" list=${id} autocomplete="off" spellcheck=${false} />
    <datalist id=${id}>${
    known.slice(0, maxSuggestions).map((each) => html`<option key=${each} value=${each} />`)
  }</datalist></label>`;
}

function VerdictField({ value }: { readonly value: string }): VNode {
  const t = useTexts(sessionsTexts);
  const words: Readonly<Record<string, unknown>> = { ...useTexts(recordTexts), good: t.good, problem: t.problem };
  return html`<label class="field"><span>${t.verdict}</span><select ref=${useField(value)} name="verdict">
    <option value="">${t.anyVerdict}</option>
    ${verdictChoices.map((choice) => html`<option key=${choice} value=${choice}>${String(words[choice])}</option>`)}
  </select></label>`;
}
