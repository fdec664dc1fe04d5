import { basename, join } from "node:path";
import type { Examined } from "./examined.ts";
import { type Finding, Findings } from "./finding.ts";

/** Checks the latency timers of USB adapters. */
export function checkLatencyTimers({ settings, root }: Examined): readonly Finding[] {
  const findings = new Findings("latency timer");
  for (const { name, endpoint } of settings.lines) {
    if (endpoint.kind !== "serial") continue;
    const timer = timerOf(endpoint.path, root);
    if (timer === undefined) findings.ok(`line ${name}: the adapter has no latency timer`);
    else if (timer.ms <= 1) findings.ok(`line ${name}: ${timer.path} is ${timer.ms} ms`);
    else {
      findings.warning(
        `line ${name}: ${timer.path} is ${timer.ms} ms, which each answer takes longer`,
        `echo 1 > ${timer.path}; docs/hardware.md has the udev rule that keeps it`,
      );
    }
  }
  return findings.all;
}

function timerOf(device: string, root: string): { readonly path: string; readonly ms: number } | undefined {
  try {
    const path = join(root, "sys/bus/usb-serial/devices", basename(Deno.realPathSync(device)), "latency_timer");
    return { path, ms: Number(Deno.readTextFileSync(path)) };
  } catch {
    // Not a USB adapter, another chip, or no device
    return undefined;
  }
}
