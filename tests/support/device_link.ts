import type { ScriptedLine } from "./scripted_line.ts";

/** A device path that stays when its device is unplugged, like the links of udev. */
export class DeviceLink implements AsyncDisposable {
  /** Path of the link; it does not exist until a line is plugged in. */
  readonly path: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = `${folder}/ttyMeters`;
  }

  /** A link in a new folder. */
  static async make(): Promise<DeviceLink> {
    return new DeviceLink(await Deno.makeTempDir());
  }

  async plug(line: ScriptedLine): Promise<void> {
    await Deno.symlink(line.path, this.path);
  }

  /** Removes the link first, because the system may reuse the device number for another test at once. */
  async unplug(line: ScriptedLine): Promise<void> {
    await Deno.remove(this.path);
    await line.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}
