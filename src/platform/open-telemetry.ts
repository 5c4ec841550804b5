/** Spans of OpenTelemetry, sent by OTLP over HTTP. Fetched when traces are wanted, and not before: its packages are large. */
import { hostname } from 'node:os';
import {
  type Context,
  DiagLogLevel,
  type Span as TheirSpan,
  ROOT_CONTEXT,
  SpanKind as Kind,
  SpanStatusCode,
  type Tracer,
  diag,
  isSpanContextValid,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import type { Attributes, Span, SpanKind } from './spans.js';

export interface Tracing {
  /** A request that came to us. @param traceparent of its client (W3C Trace Context), who has begun the trace and decided whether it is sampled; null: it begins here. */
  begin(name: string, traceparent: string | null, attributes: Attributes): Span;
  /** Sends what is not sent yet, within some seconds. */
  stop(): Promise<void>;
}

type Wanted = NonNullable<Config['monitoring']['traces']>;

/** So long the collector has to take a batch. Milliseconds. */
const SEND_TIMEOUT_MS = 2_000;
/** A collector that is away fails each batch: one line in this time says it. Milliseconds. */
const TELL_AGAIN_MS = 60_000;

const KINDS: Record<SpanKind, Kind> = { client: Kind.CLIENT, internal: Kind.INTERNAL };

export function startTracing({ endpoint, share }: Wanted, logger: Logger): Tracing {
  tellFaults(logger);
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: SEND_TIMEOUT_MS,
  });
  const provider = new TracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({ 'service.name': 'larder', 'service.instance.id': `${hostname()}:${process.pid}` }),
    ),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: SEND_TIMEOUT_MS })],
  });
  const tracer = provider.getTracer('larder');
  return {
    begin(name, traceparent, attributes) {
      const context = contextOf(traceparent);
      return wrapped(tracer, context, tracer.startSpan(name, { kind: Kind.SERVER, attributes }, context));
    },
    stop: () => provider.shutdown().catch(() => undefined),
  };
}

function wrapped(tracer: Tracer, parent: Context, span: TheirSpan): Span {
  const context = trace.setSpan(parent, span);
  return {
    child: (kind, name, attributes) =>
      wrapped(tracer, context, tracer.startSpan(name, { kind: KINDS[kind], attributes }, context)),
    set: (attributes) => void span.setAttributes(attributes),
    rename: (name) => void span.updateName(name),
    end(failure) {
      if (failure !== undefined) span.setAttribute('error.type', failure).setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

/** W3C Trace Context, 3.2: version, trace, parent, flags. Versions to come begin with the same. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-|$)/;

function contextOf(traceparent: string | null): Context {
  const [, traceId = '', spanId = '', flags = '0'] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  const parent = { traceId, spanId, traceFlags: parseInt(flags, 16) & 1, isRemote: true };
  return isSpanContextValid(parent) ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}

function tellFaults(logger: Logger): void {
  let toldAt = -Infinity;
  const tell = () => {
    if (performance.now() - toldAt < TELL_AGAIN_MS) return;
    toldAt = performance.now();
    logger.warn('traces cannot be sent to OTEL_EXPORTER_OTLP_ENDPOINT; those that wait too long are dropped');
  };
  const silent = () => undefined;
  diag.setLogger(
    { error: tell, warn: silent, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
}
