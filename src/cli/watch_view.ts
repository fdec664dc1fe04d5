import { type Time, timestamp } from "../base/time.ts";
import { aborted, type LinkedAbort } from "../base/waits.ts";
import type { FleetSource } from "../fleet/mod.ts";
import { type FleetPage, fleetPage, type FleetTableOptions } from "./fleet_table.ts";
import { FullScreen, screenSize } from "./full_screen.ts";
import type { Io } from "./io.ts";
import { lines } from "./safe_text.ts";
import { firstControls, keysText, pageKeysText, pressed } from "./watch_keys.ts";

/** The parts of the process that the live table uses. */
export type ViewIo = Pick<Io, "out" | "isTerminal" | "terminalSize" | "holdTerminal">;

/** What the live table shows. */
export interface ViewOptions {
  readonly source: Pick<FleetSource, "fleet" | "lostAtMs" | "restoredAtMs">;
  /** Problems of the command, newest last. */
  readonly problems: readonly string[];
  /** Description of the subscription. */
  readonly requested: string;
  readonly versions: boolean;
  /** Ends the command. */
  readonly end: Pick<LinkedAbort, "signal" | "abort">;
  readonly time: Time;
}

/** Interval of drawings on a terminal, and in a file. */
const drawMs = { terminal: 500, file: 10_000 } as const;
/** Delay before the first drawing in a file, so that data has arrived. */
const firstDrawDelayMs = 1000;
const maxProblems = 3;

/** The live table. */
export class WatchView {
  readonly #options: ViewOptions;
  readonly #io: ViewIo;
  #controls = firstControls;
  #redraw = new AbortController();

  constructor(options: ViewOptions, io: ViewIo) {
    this.#options = options;
    this.#io = io;
  }

  /** Draws at once, for example because the connection was lost. */
  redraw(): void {
    this.#redraw.abort();
  }

  /** Draws until the signal is aborted or the user quits. @returns whether the user has quit */
  async run(): Promise<boolean> {
    const { end: { signal }, time } = this.#options;
    if (this.#io.isTerminal) await this.#runOnTerminal();
    else {
      await time.sleep(firstDrawDelayMs, signal);
      await this.#repeat(drawMs.file, () => this.#io.out(lines(...this.table())));
    }
    return this.#controls.isEnded;
  }

  /** The present table, with all meters. */
  table(options: Pick<FleetTableOptions, "size"> = {}): string[] {
    return this.#page(options).lines;
  }

  #page(options: FleetTableOptions): FleetPage {
    const { source, problems, requested, versions, time } = this.#options;
    const { lostAtMs, restoredAtMs } = source;
    const banner = [
      ...(lostAtMs === undefined ? [] : [lostText(time.now() - (time.mono() - lostAtMs))]),
      // Each reconnection reports its problems again
      ...[...new Set(problems)].slice(-maxProblems),
    ];
    return fleetPage(source.fleet, time.mono(), {
      requested,
      versions,
      lostAtMs,
      restoredAtMs,
      banner: banner.length === 0 ? [] : [...banner, ""],
      ...options,
    });
  }

  async #runOnTerminal(): Promise<void> {
    const screen = new FullScreen(this.#io);
    using held = this.#io.holdTerminal({
      taken: () => {
        screen.enter();
        this.redraw();
      },
      givenBack: () => screen.leave(),
      disturbed: () => this.redraw(),
      pressed: (text) => {
        this.#controls = pressed(this.#controls, text);
        this.redraw();
      },
      quit: this.#options.end.abort,
    });
    await this.#repeat(drawMs.terminal, () => {
      const { filter, sort, page } = this.#controls;
      const shown = this.#page({
        size: screenSize(this.#io),
        filter,
        sort,
        page,
        footer: held.hasKeys ? keysText(this.#controls) : undefined,
        otherMeters: held.hasKeys ? pageKeysText : "--site or --meter shows fewer",
      });
      // A key may have asked for more pages than there are
      this.#controls = { ...this.#controls, page: shown.page };
      screen.draw(shown.lines);
    });
  }

  async #repeat(pauseMs: number, draw: () => void): Promise<void> {
    const { end: { signal }, time } = this.#options;
    const end = aborted(signal);
    while (!signal.aborted && !this.#controls.isEnded) {
      this.#redraw = new AbortController();
      draw();
      const woken = this.#redraw;
      await Promise.race([time.sleep(pauseMs, woken.signal), end]);
      woken.abort();
    }
  }
}

/** The banner while the connection is lost, in 80 columns. */
function lostText(sinceMs: number): string {
  const since = timestamp(sinceMs).replace(/\.\d+Z$/, "Z");
  return `NATS IS NOT REACHABLE since ${since}: values are old, reconnecting`;
}
