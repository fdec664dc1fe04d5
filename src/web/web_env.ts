import type { Login } from "./login_sessions.ts";

/** The types of one request, for Hono. */
export interface WebEnv {
  /** What the server passes with each request: `Deno.ServeHandlerInfo`. */
  Bindings: Partial<Pick<Deno.ServeHandlerInfo, "remoteAddr" | "completed">>;
  Variables: {
    /** The user of the request; undefined: no login is needed. */
    user: string | undefined;
    /** The login with which the user may see the answer; undefined: none is needed, or a proxy has logged the user in. */
    login: Login | undefined;
    /** Address of the client: that which a trusted proxy names, else that of the connection. Empty: unknown. */
    clientAddress: string;
    /** Whether the client uses TLS up to the trusted proxy. */
    isSecure: boolean;
    /** The user that a trusted proxy names; undefined: none, or the request does not come from a trusted proxy. */
    proxyUser: string | undefined;
    /** The name by which the client reaches a trusted proxy; undefined: the proxy does not name it. */
    forwardedHost: string | undefined;
  };
}
