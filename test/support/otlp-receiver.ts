/** Takes traces as a collector does: OTLP over HTTP, in JSON. */
import { type Listening, listen } from './listen.js';

export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  /** Of OTLP: 1 internal, 2 server, 3 client. */
  kind: number;
  attributes: Record<string, string | number>;
  /** Of OTLP: 2 is an error. */
  status: number;
}

interface Sent {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: {
      spans: (Omit<ReceivedSpan, 'attributes' | 'status'> & { attributes: Attribute[]; status: { code: number } })[];
    }[];
  }[];
}
interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: number; doubleValue?: number };
}

export interface OtlpReceiver extends Listening {
  /** All that came, and how it came. */
  bodies: string[];
  paths: Set<string>;
  spans(): ReceivedSpan[];
  resource(): ReceivedSpan['attributes'];
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const bodies: string[] = [];
  const paths = new Set<string>();
  const server = await listen((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
    request.once('end', () => {
      paths.add(`${request.method} ${request.url}`);
      bodies.push(body);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  const sent = () => bodies.flatMap((body) => (JSON.parse(body) as Sent).resourceSpans);
  return {
    ...server,
    bodies,
    paths,
    spans: () =>
      sent()
        .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
        .map((span) => ({ ...span, attributes: read(span.attributes), status: span.status.code })),
    resource: () => read(sent()[0]?.resource.attributes ?? []),
  };
}

const read = (attributes: readonly Attribute[]): ReceivedSpan['attributes'] =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? value.doubleValue ?? '']),
  );
