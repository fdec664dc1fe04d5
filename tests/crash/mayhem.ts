import { join } from "node:path";
import { writeFailpoints } from "../../src/line/mod.ts";
import { journalFailpoints } from "../../src/journal/mod.ts";
import { natsFailpoints } from "../../src/nats/mod.ts";
import type { Scripted, SimulatedLine } from "../../src/simulator/mod.ts";
import { failpoints } from "../../src/transaction/mod.ts";
import { Chance } from "./chance.ts";
import type { CrashSite } from "./crash_site.ts";
import { choosePage, makeStale, spoilPage } from "./journal_damage.ts";
import { pause, within } from "../support/pause.ts";
import { randomLineFault } from "./random_line_fault.ts";
import type { WatchedMeter } from "./watched_meter.ts";

const steps = [...failpoints, ...writeFailpoints, ...journalFailpoints, ...natsFailpoints] as const;

/** Relative frequency of each event. */
const weights = {
  kill: 12,
  kill_at_step: 24,
  line: 40,
  power: 8,
  unplug: 5,
  broker: 6,
  wipe: 3,
  torn: 6,
  clock: 5,
  remove: 3,
  swap: 7,
  stick: 5,
  damage: 3,
};

/** A busy machine needs long to start a process; a process must be ready before the next event. */
const readyMs = 60_000;

const dayMs = 86_400_000;
/**
 * The right time, and wrong ones: before the release, slightly wrong, and ahead by less than the retention of records.
 */
const clockShiftsMs = [0, -20_000 * dayMs, -3_600_000, 3_600_000, 30 * dayMs, 300 * dayMs] as const;

/** All failures of a site, in an order that depends on a seed. */
export class Mayhem {
  /**
   * Number of each event; `kill` anywhere, `kill_at_step` at a named step, `line` failed exchanges,
   * `damage_seen`: damaged journals that the running service refused to write.
   */
  readonly counts = {
    kill: 0,
    kill_at_step: 0,
    line: 0,
    unplug: 0,
    broker: 0,
    wipe: 0,
    torn: 0,
    clock: 0,
    remove: 0,
    swap: 0,
    stick: 0,
    damage: 0,
    damage_seen: 0,
  };
  /** Folders with the JetStream data before each wipe. */
  readonly archives: string[] = [];
  readonly #site: CrashSite;
  readonly #chance: Chance;
  readonly #scripted: Scripted[] = [];
  readonly #stopping = new AbortController();
  readonly #say: (what: string) => void;
  /** Failures that end a little later. */
  readonly #mending = new Set<Promise<void>>();
  readonly #loop: Promise<void>;
  #journal: "sound" | "removed" | "damaged" | "damage_seen" = "sound";
  #disturbed = Promise.withResolvers<void>();

  constructor(site: CrashSite, seed: number, say: (what: string) => void) {
    this.#site = site;
    this.#chance = new Chance(seed);
    this.#say = say;
    this.#loop = this.#run();
  }

  /** Resolves when an expected answer may be lost. */
  get disturbed(): Promise<void> {
    return this.#disturbed.promise;
  }

  /** Whether the journal in use is removed or damaged, and whether the service has reported it. */
  get journal(): "sound" | "removed" | "damaged" | "damage_seen" {
    return this.#journal;
  }

  /** Call it when the service has reported that its journal is damaged. */
  noteDamage(): void {
    if (this.#journal !== "damaged") return;
    this.#journal = "damage_seen";
    this.counts.damage_seen++;
  }

  /** Ends all failures and repairs everything. */
  async end(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    await Promise.all(this.#mending);
    await this.#site.adapters.restore();
    for (const scripted of this.#scripted) {
      this.counts.line += scripted.hits;
      scripted.cancel();
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await pause(this.#chance.between(20, 400), signal);
      if (signal.aborted) return;
      const what = this.#chance.weighted(weights);
      this.#say(what);
      await this.#do(what);
    }
  }

  async #do(what: keyof typeof weights): Promise<void> {
    const { site } = this.#site;
    const chance = this.#chance;
    switch (what) {
      case "kill":
        this.counts.kill++;
        return await this.#kill();
      case "kill_at_step":
        return await this.#killAtStep();
      case "line":
        return void this.#scripted.push(this.#anyLine().misbehave(...randomLineFault(chance, this.#units)));
      case "power": {
        const meter = this.#anyMeter();
        meter?.powerOff();
        return this.#mend(chance.between(0, 1500), () => meter?.powerOn());
      }
      case "unplug":
        this.counts.unplug++;
        return this.#mend(chance.between(0, 1000), await this.#site.adapters.unplug(this.#anyLine()));
      case "swap":
        this.counts.swap++;
        await this.#site.adapters.swap();
        if (chance.happens(50)) this.#mend(chance.between(0, 3000), () => this.#site.adapters.swap());
        return;
      case "stick":
        this.counts.stick++;
        return this.#mend(chance.between(200, 4000), this.#site.adapters.stick(this.#anyLine()));
      case "torn":
        this.counts.torn++;
        return this.#anyMeter()?.tear(chance.between(200, 2500));
      case "clock":
        this.counts.clock++;
        return await this.#site.setClock(chance.pick(clockShiftsMs));
      case "remove":
        return await this.#removeJournal();
      case "damage":
        return await this.#damageJournal();
      case "broker":
        this.counts.broker++;
        await site.server.stop(chance.pick(["SIGKILL", "SIGTERM"]));
        break;
      case "wipe":
        this.counts.wipe++;
        await site.server.stop("SIGKILL");
        await this.#wipe();
        break;
    }
    this.#disturb();
    await pause(chance.between(0, 1000));
    await site.server.restart();
  }

  /** Each line has the same units. */
  get #units(): number {
    return this.#site.meters.length / this.#site.site.lines.length;
  }

  #anyLine(): SimulatedLine {
    const { line, lines } = this.#site.site;
    return lines[this.#chance.between(0, lines.length - 1)] ?? line;
  }

  #anyMeter(): WatchedMeter | undefined {
    const { meters } = this.#site;
    return meters[this.#chance.between(0, meters.length - 1)];
  }

  async #killAtStep(): Promise<void> {
    const { service } = this.#site;
    await service.holdAt({ key: this.#chance.pick(steps), nth: this.#chance.between(1, 4) });
    const held = await within(service.held, 2000);
    this.counts[held ? "kill_at_step" : "kill"]++;
    await this.#kill();
  }

  /** Only a process with the open database can write removed files again. */
  async #removeJournal(): Promise<void> {
    if (!await within(this.#site.service.ready, readyMs)) return;
    this.counts.remove++;
    this.#journal = "removed";
    if (!await this.#site.removeJournal(readyMs)) this.#say("the journal was not written again");
    this.#journal = "sound";
  }

  /** Damages a page during the run of a service, or before the next one starts, which then replaces the journal. */
  async #damageJournal(): Promise<void> {
    if (!await within(this.#site.service.ready, readyMs)) return;
    const page = choosePage(this.#site.stateDir, this.#chance);
    this.counts.damage++;
    if (this.#chance.happens(30)) {
      await this.#site.service.kill();
      spoilPage(page);
    } else {
      this.#journal = "damaged";
      spoilPage(page);
      makeStale(page);
      await pause(this.#chance.between(500, 4000));
    }
    this.counts.kill++;
    await this.#kill();
  }

  async #kill(): Promise<void> {
    await this.#site.restart();
    this.#journal = "sound";
    this.#disturb();
    if (!this.#chance.happens(25)) return void await within(this.#site.service.ready, readyMs);
    // Again, during the recovery of the new process
    await pause(this.#chance.between(200, 1000));
    this.counts.kill++;
    await this.#kill();
  }

  async #wipe(): Promise<void> {
    const { folder, server } = this.#site.site;
    const archive = join(folder, `wiped-${this.archives.length}`);
    await Deno.mkdir(archive);
    await Deno.rename(join(server.storeDir, "jetstream"), join(archive, "jetstream"));
    this.archives.push(archive);
  }

  #mend(afterMs: number, how: () => void | Promise<void>): void {
    const mended = pause(afterMs, this.#stopping.signal).then(how).finally(() => this.#mending.delete(mended));
    this.#mending.add(mended);
  }

  #disturb(): void {
    this.#disturbed.resolve();
    this.#disturbed = Promise.withResolvers<void>();
  }
}
