/**
 * Where several workers share a port, a scrape reaches one of them. That one has the first process ask all, and each has its own series, by the label
 * `worker`: a sum would fall when a worker is replaced, and whoever computes rates would take that for a burst. A worker that does not answer in time is
 * left out and counted: one that hangs is when somebody wants to see the others. One that is only starting is not asked: it could not answer, and does not
 * hang.
 */
import cluster, { type Worker } from 'node:cluster';
import {
  type Aggregator,
  AggregatorRegistry,
  Gauge,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client';

/** Of a worker that was scraped, and back with the page. */
const WANTED = 'larder:metrics';
/** Of the first process, and back with the metrics of that worker. */
const ASKED = 'larder:metrics-of-one';
/** Less than a scrape may take (10 s, if nobody says otherwise), and more than a worker needs that is busy. */
const LIMIT_MS = 2_000;

type Told = MetricObjectWithValues<MetricValue<string>>[];

interface Message {
  type?: unknown;
  id?: number;
  /** The page. */
  text?: string;
  metrics?: Told;
}

/** For the first process, before it starts any: asks all workers that serve when one of them wants it. */
export function gatherMetrics(): void {
  let asked = 0;
  const waiting = new Map<number, (metrics: Told) => void>();
  /** Null: it has not answered in time. */
  const ask = (worker: Worker) =>
    new Promise<Told | null>((resolve) => {
      const id = (asked += 1);
      const settle = (metrics: Told | null) => {
        clearTimeout(timer);
        waiting.delete(id);
        resolve(metrics);
      };
      const timer = setTimeout(settle, LIMIT_MS, null);
      waiting.set(id, settle);
      worker.send({ type: ASKED, id });
    });
  const serving = new Set<Worker>();
  cluster.on('listening', (worker) => serving.add(worker));
  cluster.on('exit', (worker) => serving.delete(worker));
  const page = async (): Promise<string> => {
    const answers = await Promise.all([...serving].filter((worker) => worker.isConnected()).map(ask));
    const told = answers.filter((metrics) => metrics !== null);
    const own = new Registry();
    countMissing(own).set(answers.length - told.length);
    return await AggregatorRegistry.aggregate([...told, await own.getMetricsAsJSON()]).metrics();
  };
  cluster.on('message', (worker, { type, id = 0, metrics = [] }: Message) => {
    if (type === ASKED) waiting.get(id)?.(metrics);
    if (type !== WANTED) return;
    void page().then((text) => {
      if (worker.isConnected()) worker.send({ type: WANTED, id, text });
    });
  });
}

/** What makes the page of this process, or of all workers if it is one. */
export function metricsPage(registry: Registry): () => Promise<string> {
  const { worker } = cluster;
  if (!worker) {
    countMissing(registry).set(0);
    return () => registry.metrics();
  }
  registry.setDefaultLabels({ worker: String(worker.id) });
  keepStart(registry);
  const waiting = new Map<number, (text: string) => void>();
  worker.on('message', ({ type, id = 0, text = '' }: Message) => {
    if (type === ASKED) void registry.getMetricsAsJSON().then((metrics) => worker.send({ type: ASKED, id, metrics }));
    if (type !== WANTED) return;
    waiting.get(id)?.(text);
    waiting.delete(id);
  });
  let asked = 0;
  return () =>
    new Promise((resolve) => {
      const id = (asked += 1);
      waiting.set(id, resolve);
      worker.send({ type: WANTED, id });
    });
}

/** prom-client leaves it out where processes are told together, which have no start in common; here each has its own series. */
function keepStart(registry: Registry): void {
  const start = registry.getSingleMetric('process_start_time_seconds') as { aggregator?: Aggregator } | undefined;
  if (start) start.aggregator = 'first';
}

const countMissing = (registry: Registry): Gauge =>
  new Gauge({
    name: 'larder_workers_missing',
    help: 'Workers of this server that did not tell their metrics in time',
    registers: [registry],
  });
