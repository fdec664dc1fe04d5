import { denoBinding } from "../../bridge/mod.ts";

const byIdFolder = "/dev/serial/by-id";
/** The type of a port without hardware. */
const noHardware = "0";

/** Lists the serial ports of this machine, one line each: the path to use, and the adapter. */
export async function serialPorts(): Promise<string[]> {
  const ports = await denoBinding.list();
  const lines: string[] = [];
  for (const { path, manufacturer, serialNumber } of ports) {
    if (!await hasHardware(path)) continue;
    const stable = await stablePath(path);
    const what = [manufacturer, serialNumber].filter((word) => word !== undefined).join(" ");
    lines.push(`${stable}${stable === path ? "" : ` (${path})`}${what === "" ? "" : `  ${what}`}`);
  }
  return lines;
}

/**
 * Returns a path that does not depend on the order in which adapters are plugged in; if there is none, the path itself.
 */
export async function stablePath(path: string): Promise<string> {
  try {
    const real = await Deno.realPath(path);
    for await (const { name } of Deno.readDir(byIdFolder)) {
      const stable = `${byIdFolder}/${name}`;
      if (await Deno.realPath(stable) === real) return stable;
    }
  } catch {
    // Use the path itself if the folder is missing or cannot be read.
  }
  return path;
}

async function hasHardware(path: string): Promise<boolean> {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const type = await Deno.readTextFile(`/sys/class/tty/${name}/type`).catch(() => "");
  return type.trim() !== noHardware;
}
