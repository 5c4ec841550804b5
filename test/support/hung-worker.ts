/** Three workers, of which the last one hangs; with `starting`, before it listens. The first tells the metrics of all. */
import cluster, { type Worker } from 'node:cluster';
import { createServer } from 'node:net';
import { Counter, Registry, collectDefaultMetrics } from 'prom-client';
import { gatherMetrics, metricsPage } from '../../src/monitoring/metrics/of-all-workers.js';

if (cluster.isPrimary) supervise();
else work();

function supervise(): void {
  gatherMetrics();
  const workers = Array.from({ length: 3 }, () => cluster.fork());
  const [first, , last] = workers as [Worker, Worker, Worker];
  let ready = 0;
  const isReady = () => {
    if ((ready += 1) < workers.length) return;
    process.kill(last.process.pid!, 'SIGSTOP');
    first.send('tell');
  };
  const on: Record<string, () => void> = {
    starting: isReady,
    told: () => end(0),
  };
  const end = (code: number) => {
    workers.forEach(({ process: { pid } }) => process.kill(pid!, 'SIGKILL'));
    process.exit(code);
  };
  // One that is stopped would outlive us.
  setTimeout(end, 15_000, 1);
  cluster.on('listening', isReady);
  cluster.on('message', (_worker, message: unknown) => on[String(message)]?.());
}

function work(): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Counter({ name: 'toys_total', help: 'Toys', registers: [registry] }).inc();
  const page = metricsPage(registry);
  process.on('message', (message) => {
    if (message !== 'tell') return;
    void page().then((text) => {
      console.log(text);
      process.send!('told');
    });
  });
  if (cluster.worker!.id === 3 && process.argv[2] === 'starting') process.send!('starting');
  else createServer().listen(0);
}
