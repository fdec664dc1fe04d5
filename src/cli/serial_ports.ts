import { denoBinding } from "../../bridge/mod.ts";

const byIdFolder = "/dev/serial/by-id";
/** Type of a port that the kernel reserves without hardware. */
const noHardware = "0";

/** The serial ports of this machine, a line each: the path to use, and what is plugged in there. */
export async function serialPorts(): Promise<string[]> {
  const ports = await denoBinding.list();
  const lines: string[] = [];
  for (const { path, manufacturer, serialNumber } of ports) {
    if (!await hasHardware(path)) continue;
    const lasting = await lastingPath(path);
    const what = [manufacturer, serialNumber].filter((word) => word !== undefined).join(" ");
    lines.push(`${lasting}${lasting === path ? "" : ` (${path})`}${what === "" ? "" : `  ${what}`}`);
  }
  return lines;
}

/** A path of a port that stays the same when adapters are plugged in in another order; the path itself where none is. */
export async function lastingPath(path: string): Promise<string> {
  try {
    const real = await Deno.realPath(path);
    for await (const { name } of Deno.readDir(byIdFolder)) {
      const lasting = `${byIdFolder}/${name}`;
      if (await Deno.realPath(lasting) === real) return lasting;
    }
  } catch {
    // Without the folder, or without the right to look, the path itself is used.
  }
  return path;
}

async function hasHardware(path: string): Promise<boolean> {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const type = await Deno.readTextFile(`/sys/class/tty/${name}/type`).catch(() => "");
  return type.trim() !== noHardware;
}
