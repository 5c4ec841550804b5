/**
 * Where several workers share a port, a scrape reaches one of them. That one has the first process ask all, and each has its own series, by the label
 * `worker`: a sum would fall when a worker is replaced, and whoever computes rates would take that for a burst.
 */
import cluster from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';

const WANTED = 'larder:metrics';

interface Message {
  type?: unknown;
  id?: number;
  /** Null: some worker did not answer. */
  text?: string | null;
}

/** For the first process: asks all workers when one of them wants it. */
export function gatherMetrics(): void {
  const all = new AggregatorRegistry();
  cluster.on('message', (worker, message: Message) => {
    if (message.type !== WANTED) return;
    const answer = (text: string | null) => {
      if (worker.isConnected()) worker.send({ ...message, text });
    };
    all.clusterMetrics().then(answer, () => answer(null));
  });
}

/** What makes the page of this process, or of all workers if it is one. */
export function metricsPage(registry: Registry): () => Promise<string> {
  const { worker } = cluster;
  if (!worker) return () => registry.metrics();
  registry.setDefaultLabels({ worker: String(worker.id) });
  AggregatorRegistry.setRegistries(registry);
  // What it does is to answer the first process.
  new AggregatorRegistry();
  const waiting = new Map<number, (text: string | null) => void>();
  worker.on('message', ({ type, id = 0, text = null }: Message) => {
    if (type !== WANTED) return;
    waiting.get(id)?.(text);
    waiting.delete(id);
  });
  let asked = 0;
  return async () => {
    const id = (asked += 1);
    const text = await new Promise<string | null>((resolve) => {
      waiting.set(id, resolve);
      worker.send({ type: WANTED, id });
    });
    if (text === null) throw new Error('Not all workers told their metrics.');
    return text;
  };
}
