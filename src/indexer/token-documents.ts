/** The documents that tokens name as their metadata (ERC-721 and ERC-1155, tokenURI): over https, from IPFS through a gateway, or inside the address. */
import { LRUCache } from 'lru-cache';
import type { Dispatcher } from 'undici';
import { Breaker, type BreakerState, type Breakers, type Switch } from '../platform/breaker.js';
import { createIpfsGateway } from './ipfs-gateway.js';
import { type Lookup, createPublicAgent } from './public-agent.js';
import { type JsonAnswer, readJson } from './read-json.js';
import type { RetryParts } from './retry.js';
import { UpstreamError, isIllness } from './upstream-error.js';

const TIMEOUT_MS = 3_000;
const MAX_BYTES = 1_000_000;
const MAX_REDIRECTS = 3;
/** Gateways and code hosts call JSON by these names. Never HTML, never SVG. */
const TYPES = /^(application\/(json|octet-stream|[\w.-]+\+json)|text\/(plain|json))$/;
/** So many hosts are remembered for having failed. */
const HOSTS = 100;

export type Metadata = Readonly<Record<string, unknown>>;

export interface TokenDocuments {
  /** @throws UpstreamError, BreakerOpenError or GatewayAwayError; the reason of `signal`. */
  read(uri: string, tokenId: string, signal: AbortSignal): Promise<Metadata>;
  close(): Promise<void>;
}

interface Parts extends RetryParts {
  /** What comes before the hash of a document. The operator's choice: it may lie anywhere. */
  ipfsGateway: string;
  breakers: Breakers;
  lookup?: Lookup;
}

export function createTokenDocuments({ ipfsGateway, breakers, lookup, wait, random }: Parts): TokenDocuments {
  const publicAgent = createPublicAgent(lookup);
  const gateway = createIpfsGateway(ipfsGateway, breakers, { wait, random });
  const hosts = breakers.add('token-hosts', new HostBreakers());

  const ask = (url: URL, dispatcher: Dispatcher, signal: AbortSignal): Promise<JsonAnswer> =>
    readJson(url, { dispatcher, signal, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, types: TYPES });

  /** @param redirects so many are followed. */
  async function fetchFrom(start: URL, redirects: number, signal: AbortSignal): Promise<unknown> {
    let url = start;
    for (let left = redirects; left >= 0; left -= 1) {
      const answer = await ask(url, publicAgent, signal);
      if ('value' in answer) return answer.value;
      url = publicUrl(answer.location, url);
    }
    throw new UpstreamError('refused', 'It sends us from one address to the next.');
  }

  const fromHost = (url: URL, redirects: number, signal: AbortSignal) =>
    hosts.of(url.host).run(() => fetchFrom(url, redirects, signal));

  async function fromGateway(path: string, signal: AbortSignal): Promise<unknown> {
    const url = gateway.urlOf(path);
    const answer = await gateway.run((dispatcher) => ask(url, dispatcher, signal), signal);
    if ('value' in answer) return answer.value;
    // Where a document sends us is no part of the gateway any more, and is not held against it.
    return await fromHost(publicUrl(answer.location, url), MAX_REDIRECTS - 1, signal);
  }

  async function find(uri: string, tokenId: string, signal: AbortSignal): Promise<unknown> {
    if (/^data:/i.test(uri)) return inlineDocument(uri);
    const address = uri.replaceAll('{id}', BigInt(tokenId).toString(16).padStart(64, '0'));
    const ipfsPath = /^ipfs:\/\/(?:ipfs\/)?(.+)$/i.exec(address)?.[1];
    if (ipfsPath !== undefined) return await fromGateway(ipfsPath, signal);
    return await fromHost(publicUrl(address), MAX_REDIRECTS, signal);
  }

  return {
    async read(uri, tokenId, signal) {
      const document = await find(uri, tokenId, signal);
      if (isMetadata(document)) return document;
      throw new UpstreamError('refused', 'It holds something else than what is said of a token.');
    },
    async close() {
      await Promise.all([publicAgent.destroy(), gateway.close()]);
    },
  };
}

const isMetadata = (document: unknown): document is Metadata =>
  typeof document === 'object' && document !== null && !Array.isArray(document);

/** The spellings of addresses that URL knows (decimal, octal, hexadecimal, full-width) have become plain ones here. */
function publicUrl(text: string, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) throw new UpstreamError('unsafe', 'It names an address that is none.');
  const url = new URL(text, base?.href);
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '')
    throw new UpstreamError('unsafe', 'Only https and ipfs addresses without a password are asked.');
  return url;
}

function inlineDocument(uri: string): unknown {
  const [, parameters, data] = /^data:application\/json((?:;[\w=-]+)*),(.*)$/is.exec(uri) ?? [];
  if (data === undefined || data.length > 2 * MAX_BYTES)
    throw new UpstreamError('refused', 'The address holds something else than a JSON document.');
  try {
    const text = /;base64$/i.test(parameters ?? '') ? Buffer.from(data, 'base64').toString() : decodeURIComponent(data);
    return JSON.parse(text);
  } catch (error) {
    throw new UpstreamError('refused', 'The address holds a broken JSON document.', { cause: error });
  }
}

/** One breaker for each host of the latest; they are seen as one, since hosts are many and anybody names them. */
class HostBreakers implements Switch {
  readonly #byHost = new LRUCache<string, Breaker>({ max: HOSTS });
  readonly #listeners: ((state: BreakerState) => void)[] = [];

  of(host: string): Breaker {
    const known = this.#byHost.get(host);
    if (known) return known;
    const breaker = new Breaker(host, { isFailure: isIllness });
    breaker.onChange(() => this.#listeners.forEach((listener) => listener(this.state)));
    this.#byHost.set(host, breaker);
    return breaker;
  }

  /** Of the hosts, the worst. */
  get state(): BreakerState {
    const states = Array.from(this.#byHost.values(), ({ state }) => state);
    return states.find((state) => state === 'open') ?? states.find((state) => state === 'half-open') ?? 'closed';
  }

  reset(): void {
    for (const breaker of this.#byHost.values()) breaker.reset();
  }

  onChange(listener: (state: BreakerState) => void): void {
    this.#listeners.push(listener);
  }
}
