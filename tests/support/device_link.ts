import type { ScriptedLine } from "./scripted_line.ts";

/** A device path that stays while the device behind it comes and goes, as udev's links do. */
export class DeviceLink implements AsyncDisposable {
  /** The link; nothing is there until a line is plugged in. */
  readonly path: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = `${folder}/ttyMeters`;
  }

  /** A link in a folder of its own. */
  static async make(): Promise<DeviceLink> {
    return new DeviceLink(await Deno.makeTempDir());
  }

  async plug(line: ScriptedLine): Promise<void> {
    await Deno.symlink(line.path, this.path);
  }

  /** Removes the link first: the system may give the device's number to another test at once. */
  async unplug(line: ScriptedLine): Promise<void> {
    await Deno.remove(this.path);
    await line.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}
