/** The path of a meter's page, and of the server's answers about it. @param root first segment of the path */
export function meterPath(site: string, meter: string, root: "meter" | "meters" = "meter"): string {
  return `/${root}/${encodeURIComponent(site)}/${encodeURIComponent(meter)}`;
}
