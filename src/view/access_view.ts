/** Whether a login is needed, and who is logged in: `/api/session`. */
export interface AccessView {
  /** `open`: no login is needed; `password`: the page asks for a password; `proxy`: a proxy names the user. */
  readonly login: "open" | "password" | "proxy";
  /** The user; undefined: nobody is logged in, or no login is needed. */
  readonly user?: string;
  /** Version of the server. */
  readonly version: string;
}
