import type { MeterDetail } from "../../view/mod.ts";
import { CopyText } from "../shell/copy_text.ts";
import { useFormats } from "../shell/formats.ts";
import { html, type VNode } from "../shell/html.ts";
import { KeyValues } from "../shell/key_values.ts";
import { useTexts } from "../shell/language.ts";
import { meterTexts } from "../texts/meter.ts";

/** Which meter it is, and with which key its records are verified. */
export function IdentityPanel({ detail }: { readonly detail: MeterDetail }): VNode {
  const t = useTexts(meterTexts);
  const formats = useFormats();
  const { row, status, publicKey } = detail;
  const { transaction_support: isAble } = status ?? {};
  return html`<section class="panel identity" aria-label=${t.identity}>
    <h2>${t.identity}</h2>
    <${KeyValues} entries=${[
    [t.meterId, row.meterId === undefined ? undefined : html`<span class="mono">${row.meterId}</span>`],
    [t.model, row.model],
    [t.identificationCode, status?.identification_code],
    [t.firmwareMeasure, row.firmware?.["measure"]],
    [t.firmwareCommunication, row.firmware?.["communication"]],
    [t.billing, isAble === undefined ? undefined : isAble ? t.able : t.unable],
  ]} />
    ${
    publicKey === undefined ? html`<p class="quiet">${t.noKey}</p>` : html`<${KeyValues} entries=${[
      [
        t.fingerprint,
        publicKey.fingerprint === undefined
          ? undefined
          : html`<${CopyText} text=${publicKey.fingerprint} label=${t.fingerprint} />`,
      ],
      [t.publicKey, html`<${CopyText} text=${publicKey.payload.public_key} label=${t.publicKey} />`],
      [t.signingMethod, publicKey.payload.signing_method],
      [t.keySince, formats.dateTime(publicKey.payload.timestamp)],
    ]} />`
  }
  </section>`;
}
