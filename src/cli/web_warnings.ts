import { isLoopback } from "../base/loopback.ts";
import { isPublic } from "../base/private_files.ts";
import type { WebSettings } from "../config/mod.ts";

/** What is risky in the settings of a page with passwords, with the remedy. */
export function webWarnings({ passwordHashFile, listen }: WebSettings): string[] {
  if (passwordHashFile === undefined) return [];
  return [
    ...(isLoopback(listen.host) ? [] : [
      "The page has no TLS, so passwords can be read in the network: use a proxy with TLS in front of it",
    ]),
    ...(isPublic(passwordHashFile)
      ? [`All users of this machine have access to ${passwordHashFile}, which has hashes of passwords: chmod o= it`]
      : []),
  ];
}
