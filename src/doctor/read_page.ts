import { get } from "node:http";

/** A busy program answers within this time. */
const pageMs = 10_000;

/** A page of this machine. Unlike `fetch`, it uses no proxy of the environment. @throws no answer */
export function readPage(url: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(pageMs) }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => text += part);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.on("error", reject);
    });
    request.on("error", reject);
  });
}
