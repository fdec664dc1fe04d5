import { verifyRecord } from "../../ocmf/mod.ts";
import type { RecordView, ShownVerification } from "../../view/mod.ts";
import { html, useMemo, useState, type VNode } from "../shell/html.ts";
import { textsOf, useTexts } from "../shell/language.ts";
import { useLoaded } from "../shell/loaded.ts";
import { Notice } from "../shell/notice.ts";
import type { Page, PageProps } from "../shell/page.ts";
import { useRouter } from "../shell/router.ts";
import { useServer } from "../shell/server.ts";
import { recordTexts } from "../texts/record.ts";
import { RecordFacts } from "./record_facts.ts";
import { RecordForms } from "./record_forms.ts";
import { recordBytes } from "./record_bytes.ts";
import { RecordFields, RecordSummary } from "./record_words.ts";
import { VerdictBadges } from "./verdict_badges.ts";

/** The page of one record. */
export const recordPage: Page = {
  path: "/record/:seq",
  title: (language, { seq = "" }) => textsOf(recordTexts, language).title(seq),
  component: RecordPage,
};

function RecordPage({ params: { seq = "" } }: PageProps): VNode {
  const t = useTexts(recordTexts);
  const server = useServer();
  const { href } = useRouter();
  const path = `/api/records/${encodeURIComponent(seq)}`;
  const { value, error } = useLoaded((signal) => server.get<RecordView>(path, signal), [path], { isKept: false });
  return html`<div class="record"><h1 tabindex="-1">${t.title(seq)}</h1>
    <div class="toolbar no-print"><a class="button" href=${href("/sessions")}>${t.back}</a>
      <button type="button" class="button" disabled=${value === undefined} onClick=${() => print()}>${t.print}</button>
    </div>
    ${error === undefined ? null : html`<${Notice} tone="problem" title=${t.failed}>${error.message}<//>`}
    ${
    value === undefined
      ? error === undefined ? html`<p class="quiet" role="status">${t.loading}</p>` : null
      : html`<${ShownRecord} key=${path} loaded=${value} path=${path} />`
  }
  </div>`;
}

function ShownRecord({ loaded, path }: { readonly loaded: RecordView; readonly path: string }): VNode {
  const t = useTexts(recordTexts);
  const [opened, setOpened] = useState<RecordView | undefined>(undefined);
  const view = opened ?? loaded;
  const { ocmf, isMasked } = view;
  const bytes = useMemo(() => recordBytes(view), [view]);
  const verification = useMemo(() => verifiedHere(view, bytes), [view, bytes]);
  return html`<div>
    <section class="panel"><h2>${t.summary}</h2><${RecordSummary} bytes=${bytes} verification=${verification} /></section>
    <section class="panel"><h2>${t.verdicts}</h2><${VerdictBadges} verification=${verification} /></section>
    <section class="panel"><h2>${t.facts}</h2><${RecordFacts} view=${view} /></section>
    ${
    view.session === undefined ? null : html`
      <section class="panel">
        <h2>${t.fields}</h2>
        <${RecordFields} bytes=${bytes} verification=${verification} />
      </section>
    `
  }
    <section class="panel"><h2>${t.raw}</h2>
      <p class="quiet">${ocmf === undefined ? t.noRaw : isMasked ? t.rawMasked : t.rawHint}</p>
      ${ocmf === undefined ? null : html`<pre class="raw mono" tabindex="0" aria-label=${t.raw}>${ocmf}</pre>`}
    </section>
    ${
    opened === undefined ? null : html`
      <div class="no-print">
        <${Notice} tone="info" title=${t.revealed} />
      </div>
    `
  }
    ${
    isMasked ? html`<${Reveal} path=${path} shown=${setOpened} />` : ocmf === undefined ? null : html`
      <${RecordForms} view=${view} bytes=${bytes} />
    `
  }
    ${isMasked || ocmf === undefined ? null : html`<p class="print-only quiet">${t.printed}</p>`}
  </div>`;
}

/** The request for the identification. */
function Reveal({ path, shown }: { readonly path: string; readonly shown: (view: RecordView) => void }): VNode {
  const t = useTexts(recordTexts);
  const server = useServer();
  const [error, setError] = useState<string | undefined>(undefined);
  const request = () =>
    void server.post<RecordView>(`${path}/identification`, {}).then(
      shown,
      (reason: unknown) => setError(reason instanceof Error ? reason.message : String(reason)),
    );
  return html`<section class="panel no-print"><p>${t.revealHint}</p>
    <button type="button" class="button" onClick=${request}>${t.reveal}</button>
    ${error === undefined ? null : html`<${Notice} tone="problem" title=${t.failed}>${error}<//>`}
  </section>`;
}

/** With the whole text, this browser verifies the signature itself. */
function verifiedHere(
  { row: { verification }, isMasked, ocmf, publicKey }: RecordView,
  bytes: Uint8Array,
): ShownVerification {
  if (isMasked || ocmf === undefined) return verification;
  return { ...verification, signature: verifyRecord(bytes, publicKey).signature };
}
