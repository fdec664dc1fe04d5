import { createContext, useContext } from "./html.ts";

/** The server refuses a request, or it cannot be reached. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  /** Status of HTTP; 0: there was no answer. */
  readonly status: number;
  /** For programs, from the answer: `not_found`. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Options of {@linkcode Server}. */
export interface ServerOptions {
  /** Path of the server without a slash at its end; "" at the root. */
  readonly base: string;
  readonly fetch: typeof fetch;
  /** Called when the server asks for a login. */
  readonly loginNeeded: () => void;
}

/** Requests to the server of the page. */
export class Server {
  readonly #options: ServerOptions;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  /** The address of a path, for links and event streams. @param path begins with a slash: `/api/sessions.csv?site=a` */
  url(path: string): string {
    return `${this.#options.base}${path}`;
  }

  /**
   * Gets JSON.
   *
   * @throws {ServerError} the server cannot be reached, or refuses
   */
  get<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
    return this.#request(path, { ...(signal === undefined ? {} : { signal }) });
  }

  /**
   * Posts JSON.
   *
   * @throws {ServerError} the server cannot be reached, or refuses
   */
  post<Answer>(path: string, body: unknown, signal?: AbortSignal): Promise<Answer> {
    return this.#request(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  async #request<Answer>(path: string, init: RequestInit): Promise<Answer> {
    let response: Response;
    try {
      response = await this.#options.fetch(this.url(path), { ...init, credentials: "same-origin", redirect: "error" });
    } catch (error) {
      if (init.signal?.aborted === true) throw error;
      throw new ServerError(0, "unreachable", `The server cannot be reached: ${path}`);
    }
    if (response.status === 401) this.#options.loginNeeded();
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok) {
      const { code = "failed", message = `The server answers ${response.status}: ${path}` } = problemIn(body);
      throw new ServerError(response.status, code, message);
    }
    return body as Answer;
  }
}

function problemIn(body: unknown): { code?: string; message?: string } {
  if (typeof body !== "object" || body === null) return {};
  const { code, message } = body as Record<string, unknown>;
  return {
    ...(typeof code === "string" ? { code } : {}),
    ...(typeof message === "string" ? { message } : {}),
  };
}

/** The server of the shell. */
export const ServerContext = createContext<Server | undefined>(undefined);

/** The server of the page. @throws {Error} the component is not in the shell */
export function useServer(): Server {
  const server = useContext(ServerContext);
  if (server === undefined) throw new Error("Cannot use the server: this component is not in the shell of the page");
  return server;
}
