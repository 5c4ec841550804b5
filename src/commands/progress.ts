/** How far something is: a bar on a terminal; elsewhere, such as in a log, a line for every tenth. */
import { MultiBar, Presets, type SingleBar } from 'cli-progress';

export interface Progress {
  update(step: string, done: number, all: number): void;
  /** Says something without tearing the bar. */
  say(line: string): void;
  stop(): void;
}

export const createProgress = (): Progress => (process.stderr.isTTY ? createBar() : createLines());

function createBar(): Progress {
  const bars = new MultiBar(
    {
      stream: process.stderr,
      format: '{step} {bar} {percentage}% · {eta_formatted} left',
      hideCursor: true,
      forceRedraw: true,
    },
    Presets.shades_classic,
  );
  const open = new Map<string, SingleBar>();
  return {
    update(step, done, all) {
      const bar = open.get(step) ?? bars.create(all, 0, { step });
      open.set(step, bar);
      bar.update(done);
    },
    say: (line) => bars.log(`${line}\n`),
    stop: () => bars.stop(),
  };
}

function createLines(): Progress {
  const told = new Map<string, number>();
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  return {
    update(step, done, all) {
      const tenths = all > 0 ? Math.floor((done / all) * 10) : 10;
      if (tenths <= (told.get(step) ?? 0)) return;
      told.set(step, tenths);
      say(`${step}: ${tenths * 10} %`);
    },
    say,
    stop: () => undefined,
  };
}
