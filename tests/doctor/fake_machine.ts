import { dirname, join } from "node:path";
import type { Settings } from "../../src/config/mod.ts";
import type { Account } from "../../src/doctor/account.ts";
import type { Examined } from "../../src/doctor/examined.ts";
import type { Finding } from "../../src/doctor/finding.ts";
import { configText, load } from "../support/config_text.ts";
import { ramFolder } from "../support/ram_folder.ts";

/** A folder with files that stand for those of a machine. */
export class FakeMachine implements Disposable {
  readonly root = Deno.realPathSync(ramFolder());

  constructor() {
    Deno.chmodSync(this.root, 0o755);
    this.write("etc/passwd", "root:x:0:0::/root:/bin/sh\nwattseal:x:990:991::/var/lib/wattseal:/bin/false\n");
    this.write("etc/group", "root:x:0:\ndialout:x:20:other,wattseal\nwattseal:x:991:\ntty:x:5:other\n");
  }

  write(path: string, text: string, mode?: number): string {
    const file = join(this.root, path);
    Deno.mkdirSync(dirname(file), { recursive: true });
    Deno.writeTextFileSync(file, text);
    if (mode !== undefined) Deno.chmodSync(file, mode);
    return file;
  }

  /** A device in the folder, by a link to a real character device. */
  device(path: string): string {
    const file = join(this.root, path);
    Deno.mkdirSync(dirname(file), { recursive: true });
    Deno.symlinkSync("/dev/null", file);
    return file;
  }

  /** What a check knows, with the changes of a test. */
  examined(changes: Partial<Examined> & { readonly stateDir?: string; readonly serial?: string } = {}): Examined {
    const { stateDir = join(this.root, "state"), serial = join(this.root, "dev/ttyUSB0"), ...more } = changes;
    const loaded = load(configText({ top: `state_dir: ${stateDir}` }));
    const lines = loaded.lines.map((line) => ({ ...line, endpoint: { kind: "serial", path: serial } as const }));
    return {
      settings: { ...loaded, lines },
      config: this.write("etc/wattseal/site.yaml", "", 0o644),
      everest: undefined,
      env: () => undefined,
      account: wattseal,
      servicePid: undefined,
      root: this.root,
      nowMs: Date.UTC(2026, 5, 1),
      clockSynchronised: true,
      ...more,
    };
  }

  /** Like `examined`, with other settings for NATS. */
  withNats(nats: Partial<Settings["nats"]>): Examined {
    const examined = this.examined();
    return { ...examined, settings: { ...examined.settings, nats: { ...examined.settings.nats, ...nats } } };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.root, { recursive: true });
  }
}

/** The user of the fake machine's service. */
export const wattseal: Account = { name: "wattseal", uid: 990, gids: [991, 20] };

/** The findings as `state: found -> repair`. */
export function texts(findings: readonly Finding[]): string[] {
  return findings.map(({ state, found, repair }) => `${state}: ${found}${repair === undefined ? "" : ` -> ${repair}`}`);
}
