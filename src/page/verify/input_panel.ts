import { html, useId, useState, type VNode } from "../shell/html.ts";
import { useFormats } from "../shell/formats.ts";
import { useLanguage, useTexts } from "../shell/language.ts";
import { problemText } from "../texts/problem_text.ts";
import { verifyTexts } from "../texts/verify.ts";
import { pastedBytes } from "./check_records.ts";

/** What a person gave: records and a key. */
export interface GivenInput {
  /** The pasted text; empty for a file. */
  readonly text: string;
  /** Name of the file; undefined for a text. */
  readonly fileName: string | undefined;
  /** The bytes of the text or of the file. */
  readonly bytes: Uint8Array;
  /** The public key; empty: none. */
  readonly key: string;
}

/** Nothing was given yet. */
export const emptyInput: GivenInput = { text: "", fileName: undefined, bytes: new Uint8Array(), key: "" };

/** Accepts a record, as a text or a file, and a public key. */
export function InputPanel({ input, change, keyProblem }: {
  readonly input: GivenInput;
  readonly change: (input: GivenInput) => void;
  readonly keyProblem: string | undefined;
}): VNode {
  const t = useTexts(verifyTexts);
  const formats = useFormats();
  const language = useLanguage();
  const id = useId();
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const takeText = (text: string) => {
    setProblem(undefined);
    change({ ...input, text, fileName: undefined, bytes: pastedBytes(text) });
  };
  const takeFile = async (file: File | undefined) => {
    if (file === undefined) return;
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      setProblem(undefined);
      change({ ...input, text: "", fileName: file.name, bytes });
    } catch (error) {
      setProblem(t.unreadableFile(file.name, error instanceof Error ? error.message : String(error)));
    }
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    const { files } = event.dataTransfer ?? {};
    if (files?.[0] !== undefined) void takeFile(files[0]);
    else takeText(event.dataTransfer?.getData("text") ?? "");
  };
  const onFile = (event: Event) => {
    const field = event.currentTarget as HTMLInputElement;
    void takeFile(field.files?.[0]).then(() => {
      // The same file can be chosen again
      field.value = "";
    });
  };
  const clear = () => {
    setProblem(undefined);
    change(emptyInput);
  };
  return html`
    <section class="panel verify-input no-print" onDragOver=${(event: Event) => event.preventDefault()}
      onDrop=${onDrop}>
        <label for="${id}-record">${t.input}</label>
        <p id="${id}-record-hint" class="quiet">${t.inputHint}</p>
        <textarea id="${id}-record" class="mono" rows="6" spellcheck=${false} autocomplete="off" value=${input.text}
          aria-describedby="${id}-record-hint" onInput=${(event: Event) => takeText(valueOf(event))}></textarea>
        ${input.fileName === undefined
          ? null
          : html`<p>${t.file(input.fileName, formats.number(input.bytes.length))}</p>`}
        ${problem === undefined ? null : html`<p role="alert" class="verify-error">${problem}</p>`}
        <div class="toolbar">
          <label class="button">${t.chooseFile}<input type="file" class="hidden" onChange=${onFile} /></label>
          <button type="button" class="button" onClick=${clear}>${t.clear}</button>
        </div>
        <label for="${id}-key">${t.key}</label>
        <p id="${id}-key-hint" class="quiet">${t.keyHint}</p>
        <textarea id="${id}-key" class="mono" rows="2" spellcheck=${false} autocomplete="off" value=${input.key}
          aria-describedby="${id}-key-hint" onInput=${(event: Event) =>
            change({ ...input, key: valueOf(event) })}></textarea>
        ${keyProblem === undefined
          ? null
          : html`<p role="alert" class="verify-error">${t.keyUnusable}: ${problemText(keyProblem, language)}</p>`}
      </section>
  `;
}

function valueOf(event: Event): string {
  return (event.currentTarget as HTMLTextAreaElement).value;
}
