import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { WebEnv } from "./web_env.ts";

/**
 * Headers that limit what a browser does with the answers: no foreign origin, no inline script, no frame.
 *
 * @param styleHashes hashes of inline styles: `sha256-BASE64`
 */
export function securityHeaders(styleHashes: readonly string[]): MiddlewareHandler<WebEnv> {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", ...styleHashes.map((hash) => `'${hash}'`)],
      connectSrc: ["'self'"],
      imgSrc: ["'self'", "data:"],
      fontSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    xFrameOptions: "DENY",
    // With no-referrer, a browser also hides the origin of the page's own forms, and `sameOrigin` refuses them
    referrerPolicy: "same-origin",
    // A proxy that adds TLS decides this for its name
    strictTransportSecurity: false,
  });
}
