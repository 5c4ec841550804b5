import { expect, test, vi } from 'vitest';
import { Hits } from '../../../src/response-cache/front/hits.js';
import { KnownHeaders } from '../../../src/response-cache/front/known-headers.js';
import { KnownRequests } from '../../../src/response-cache/front/known-requests.js';
import { Sendables } from '../../../src/response-cache/front/sendable.js';
import { createTagger } from '../../../src/response-cache/front/entity-tag.js';

const TEXT = '{"query":"{ agents { nodes { name } } }"}';
const QUESTION = { schema: 'schema', document: 'document', operationName: null, variables: '{}', locale: '' };

test('a fault of ours ends the connection that met it, and nothing else', () => {
  const known = new KnownRequests(100_000);
  known.remember(TEXT, QUESTION, false);
  const headers = new KnownHeaders(null);
  const asked = { method: 'POST', url: '/graphql', headers: { host: 'larder.example' }, socket: {} };
  headers.learn(asked, false, { 'content-type': 'application/json' });
  const onFault = vi.fn();
  const fault = new Error('on purpose');
  const hits = new Hits(
    {
      peek() {
        throw fault;
      },
      known,
      sendables: new Sendables(1_000, { tagOf: createTagger(new Uint8Array(32)), cdn: null }),
      recall: () => null,
      admit: () => true,
      requestId: () => 'id',
      wallMs: () => 0,
      monotonicMs: () => 0,
      onHit: () => undefined,
      onFault,
    },
    headers,
  );
  const socket = { destroy: vi.fn() };
  expect(hits.answer(asked, TEXT, 0, socket, () => undefined)).toBe(true);
  expect(socket.destroy).toHaveBeenCalledOnce();
  expect(onFault).toHaveBeenCalledExactlyOnceWith(fault);
});
