import type { RecordView } from "../../view/mod.ts";
import { CopyText } from "../shell/copy_text.ts";
import { useFormats } from "../shell/formats.ts";
import { html, type VNode } from "../shell/html.ts";
import { KeyValues } from "../shell/key_values.ts";
import { useTexts } from "../shell/language.ts";
import { recordTexts } from "../texts/record.ts";

/** What is known about a record beside its text. */
export function RecordFacts({ view }: { readonly view: RecordView }): VNode {
  const t = useTexts(recordTexts);
  const f = useFormats();
  const { row, meterId, startedAt, storedAt, journalSeq, publicKey } = view;
  const { identification } = row;
  const mono = (text: string | undefined) => text === undefined ? undefined : html`<bdi class="mono">${text}</bdi>`;
  const known = identification === undefined
    ? undefined
    : [identification.type, identification.level, identification.masked].filter((part) => part !== undefined).join(
      ", ",
    );
  return html`<${KeyValues} entries=${[
    [t.site, mono(row.site)],
    [t.meter, mono(row.meter)],
    [t.meterId, mono(meterId)],
    [t.evse, mono(row.evseId)],
    [t.transaction, mono(row.transactionId)],
    [t.identification, mono(known)],
    [t.reason, row.reason === "" ? undefined : t.reasons(row.reason)],
    [t.startedAt, startedAt === undefined ? undefined : f.dateTime(startedAt)],
    [t.readAt, f.dateTime(row.readAt)],
    [t.storedAt, f.dateTime(storedAt)],
    [t.journalSeq, journalSeq === undefined ? undefined : String(journalSeq)],
    [t.messageId, mono(row.id)],
    [
      t.publicKey,
      publicKey === "" ? t.noKey : html`<${CopyText} text=${publicKey} label=${t.publicKey} />`,
    ],
  ]} />`;
}
