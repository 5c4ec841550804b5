/** The process that the clients run in. Speaks with its parent over IPC, and ends with it. */
import { type Plan, startLoad } from './load.js';
import type { Incident, Totals } from './totals.js';

export type ToLoad = { begin: Plan } | { phase: string } | { rate: number } | { stop: true };
export type FromLoad = { incident: Incident } | { totals: Totals } | { end: Totals };

const tell = (message: FromLoad): void => void process.send?.(message);

let load: ReturnType<typeof startLoad> | null = null;

process.on('message', (message: ToLoad) => {
  if ('begin' in message) {
    const started = (load = startLoad(message.begin, (incident) => tell({ incident })));
    setInterval(() => tell({ totals: started.totals() }), 1_000).unref();
    return;
  }
  if ('phase' in message) {
    load?.beginPhase(message.phase);
    return;
  }
  if ('rate' in message) {
    load?.keepTo(message.rate);
    return;
  }
  void load?.stop().then((totals) => {
    tell({ end: totals });
    process.disconnect();
  });
});
process.on('disconnect', () => process.exit());
