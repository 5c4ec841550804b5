/** What Prometheus is told, counted from what is observed. Every label is bounded; whatever is cheap to ask is asked when somebody scrapes. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type {
  ObservedCheck,
  ObservedInstance,
  ObservedOperation,
  ObservedRefusal,
  Observations,
} from '../observation.js';
import { BoundedNames } from './bounded-names.js';
import { QuickHistogram } from './quick-histogram.js';
import { type Sources, addSources } from './sources.js';

/** Of operations: what comes later is counted together. */
const MAX_NAMES = 200;

/** Seconds. Hits take tens of microseconds. */
const DURATIONS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** Seconds. In the worst case a lease has to end. */
const WAITS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 2, 2.5];
/** Seconds. A beat is due each half, and the transaction of the writer may go on after what it wrote. */
const LAGS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];
const BATCHES = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/**
 * Series that are told from the start, at 0: of one that begins at 1, Prometheus has seen no increase, and the first wrong hit would alert nobody. By this
 * form a kind that is added cannot be forgotten here.
 */
const VERDICTS = Object.keys({
  same: true,
  mismatch: true,
  unknown: true,
} satisfies Record<ObservedCheck['verdict'], true>);
const REFUSALS = Object.keys({ 'rate-limited': true, shed: true } satisfies Record<ObservedRefusal['kind'], true>);
const REQUESTS = ['HIT memory', 'HIT remote', 'STALE memory', 'STALE remote', 'MISS none', 'BYPASS none', 'none none'];

interface MetricsParts extends Sources {
  /** Those that answers may have. */
  errorCodes: readonly string[];
}

export class Metrics {
  readonly registry = new Registry();
  readonly #names = new BoundedNames(MAX_NAMES);
  readonly #durations: QuickHistogram;
  readonly #requests = new Map(REQUESTS.map((kind) => [kind, 0]));
  /** Of them, the hits that were answered before the server began to look: by far the most. */
  #frontHits = 0;
  readonly #counters: ReturnType<typeof countersIn>;

  constructor({ errorCodes, ...sources }: MetricsParts) {
    const { registry } = this;
    collectDefaultMetrics({ register: registry });
    this.#durations = new QuickHistogram(registry, {
      name: 'larder_operation_duration_seconds',
      help: 'Requests for operations, by the name of the operation; from the first look to the answer',
      label: 'operation',
      buckets: DURATIONS,
    });
    this.#countRequests();
    this.#counters = countersIn(registry);
    const { checks, refused, errors } = this.#counters;
    for (const verdict of VERDICTS) checks.inc({ verdict }, 0);
    for (const kind of REFUSALS) refused.inc({ kind }, 0);
    for (const code of errorCodes) errors.inc({ code }, 0);
    addSources(registry, sources);
  }

  listenTo(observations: Observations): void {
    const { changes, lags, refused, checks } = this.#counters;
    observations
      .on('operation', (operation) => this.#record(operation))
      .on('instance', (report) => this.#recordInstance(report))
      .on('check', ({ verdict }) => checks.inc({ verdict }))
      .on('refused', ({ kind }) => refused.inc({ kind }))
      .on('change', ({ lagMs }) => {
        changes.inc();
        if (lagMs !== undefined) lags.observe(lagMs / 1_000);
      });
  }

  #record(operation: ObservedOperation): void {
    this.#durations.observe(operation.durationMs / 1_000, this.#names.labelOf(operation.name));
    if (operation.isFront && operation.status === 'HIT' && operation.tier === 'memory') {
      this.#frontHits += 1;
      return;
    }
    this.#count(`${operation.status ?? 'none'} ${operation.tier ?? 'none'}`, 1);
    const { stored, unstored, joined, missed, purged, statements, errors, faults, batches } = this.#counters;
    if (operation.isStored) stored.inc();
    if (operation.isJoined) joined.inc();
    if (operation.purgedBy !== null) purged.inc();
    if (operation.missedBy !== null) missed.inc({ reason: operation.missedBy });
    if (operation.unstoredBy !== null) unstored.inc({ reason: operation.unstoredBy });
    statements.inc(operation.statements);
    for (const code of operation.errorCodes) errors.inc({ code });
    if (operation.isFault) faults.inc();
    for (const size of operation.batches) batches.observe(size);
  }

  #recordInstance(report: ObservedInstance): void {
    const { lapses, waits, members, failedBeats, fault, epochs } = this.#counters;
    switch (report.kind) {
      case 'lapsed':
        lapses.inc();
        return;
      case 'settled':
        waits.observe(report.waitedMs / 1_000);
        return;
      case 'members':
        members.set(report.count);
        return;
      case 'beat-failed':
        failedBeats.inc();
        return;
      case 'epoch':
        epochs.inc();
        return;
      case 'fault':
        fault.set(report.fault === null ? 0 : 1);
    }
  }

  #count(kind: string, requests: number): void {
    this.#requests.set(kind, (this.#requests.get(kind) ?? 0) + requests);
  }

  #countRequests(): void {
    const counts = this.#requests;
    const addFrontHits = (): void => {
      if (this.#frontHits > 0) this.#count('HIT memory', this.#frontHits);
      this.#frontHits = 0;
    };
    new Counter({
      name: 'larder_requests_total',
      help: 'Requests for operations, by what the cache did and where a hit came from',
      labelNames: ['status', 'tier'],
      registers: [this.registry],
      collect() {
        addFrontHits();
        this.reset();
        for (const [kind, count] of counts) {
          const [status = '', tier = ''] = kind.toLowerCase().split(' ');
          this.inc({ status, tier }, count);
        }
      },
    });
  }
}

function countersIn(registry: Registry) {
  const registers = [registry];
  const counter = <Label extends string = never>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter<Label>({ name: `larder_${name}_total`, help, labelNames, registers });
  return {
    stored: counter('stored', 'Answers that were put into the tiers'),
    joined: counter('joined', 'Requests that were answered by the execution of another one'),
    missed: counter('missed', 'Requests that were no hit, by the reason', 'reason'),
    unstored: counter('unstored', 'Answers that were executed and not stored, by the reason', 'reason'),
    purged: counter('purged', 'Entries that were asked for and that a change had ended'),
    changes: counter('changes', 'Transactions whose changes became known'),
    statements: counter('statements', 'Statements that operations waited for; one that several shared counts for each'),
    errors: counter('errors', 'Requests with errors, by code', 'code'),
    faults: counter('faults', 'Requests that failed for reasons of ours'),
    checks: counter('checks', 'Hits that were executed afresh and compared, by the verdict', 'verdict'),
    refused: counter('refused', 'Requests that were turned away: rate-limited, shed', 'kind'),
    lapses: counter('lease_lapses', 'Leases that ended before they were renewed'),
    epochs: counter(
      'epochs',
      'How often the database was another one than before, and nothing that was stored counted',
    ),
    failedBeats: counter('failed_beats', 'Beats that did not reach the ledger'),
    members: new Gauge({
      name: 'larder_members',
      help: 'Instances, as this one sees the fleet; 0 where it has the database to itself',
      registers,
    }),
    fault: new Gauge({
      name: 'larder_capture_fault',
      help: '1 while writes are not captured, and nothing is cached',
      registers,
    }),
    lags: new Histogram({
      name: 'larder_event_lag_seconds',
      help: 'How long after a write this instance read of it, where nothing had told of it before; by the clock of the database',
      buckets: LAGS,
      registers,
    }),
    waits: new Histogram({
      name: 'larder_mutation_wait_seconds',
      help: 'How long writes waited after their commit until every instance knew',
      buckets: WAITS,
      registers,
    }),
    batches: new QuickHistogram(registry, {
      name: 'larder_loader_batch_size',
      help: 'Keys that loaders fetched at a time',
      label: null,
      buckets: BATCHES,
    }),
  };
}
