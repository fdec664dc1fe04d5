import { html, type VNode } from "../shell/html.ts";
import { textsOf, useTexts } from "../shell/language.ts";
import type { Page } from "../shell/page.ts";
import { useRouter } from "../shell/router.ts";
import { verifyTexts } from "../texts/verify.ts";
import { VerifyView } from "./verify_view.ts";

/** Verifies records in the browser; the same is offered as a file. */
export const verifyPage: Page = {
  path: "/verify",
  isInNavigation: true,
  isLocal: true,
  title: (language) => textsOf(verifyTexts, language).title,
  component: VerifyPage,
};

function VerifyPage(): VNode {
  const t = useTexts(verifyTexts);
  const { href } = useRouter();
  return html`
    <div>
      <${VerifyView} />
      <p class="no-print"><a href=${href("/verify.html")} download="verify.html">${t.download}</a></p>
    </div>
  `;
}
