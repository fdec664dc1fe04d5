import { shellTexts } from "../texts/shell.ts";
import { html, useEffect, useState, type VNode } from "./html.ts";
import { useTexts } from "./language.ts";

const shownMs = 2_000;

/** A long text, such as a key, with a button that copies it. */
export function CopyText({ text, label }: {
  readonly text: string;
  /** What is copied, for screen readers. */
  readonly label: string;
}): VNode {
  const t = useTexts(shellTexts);
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), shownMs);
    return () => clearTimeout(timer);
  }, [isCopied]);
  // Browsers have a clipboard only on loopback and with TLS
  const { clipboard } = navigator as { readonly clipboard?: Clipboard };
  const copy = () => void clipboard?.writeText(text).then(() => setCopied(true));
  return html`<span class="copy-text"><code class="mono">${text}</code>${
    clipboard === undefined ? null : html`
      <button type="button" class="button small no-print" onClick=${copy}
        aria-label="${t.copy}: ${label}"><span aria-live="polite">${isCopied ? t.copied : t.copy}</span></button>
    `
  }</span>`;
}
