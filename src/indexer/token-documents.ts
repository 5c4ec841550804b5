/** The documents that tokens name as their metadata (ERC-721 and ERC-1155, tokenURI): over https, from IPFS through a gateway, or inside the address. */
import { LRUCache } from 'lru-cache';
import { Agent, type Dispatcher } from 'undici';
import { Breaker, type BreakerState, type Breakers, type Switch } from '../platform/breaker.js';
import { type Lookup, createPublicAgent } from './public-agent.js';
import { readJson } from './read-json.js';
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
  /** @throws UpstreamError or BreakerOpenError; the reason of `signal`. */
  read(uri: string, tokenId: string, signal: AbortSignal): Promise<Metadata>;
  close(): Promise<void>;
}

interface Parts {
  /** What comes before the hash of a document. The operator's choice: it may lie anywhere. */
  ipfsGateway: string;
  breakers: Breakers;
  lookup?: Lookup;
}

export function createTokenDocuments({ ipfsGateway, breakers, lookup }: Parts): TokenDocuments {
  const publicAgent = createPublicAgent(lookup);
  const gatewayAgent = new Agent();
  const gateway = breakers.create('ipfs-gateway', { isFailure: isIllness });
  const hosts = breakers.add('token-hosts', new HostBreakers());

  async function fetchFrom(start: URL, dispatcher: Dispatcher, signal: AbortSignal): Promise<unknown> {
    let [url, by] = [start, dispatcher];
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const answer = await readJson(url, {
        ...{ dispatcher: by, signal },
        ...{ timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, types: TYPES },
      });
      if ('value' in answer) return answer.value;
      [url, by] = [publicUrl(answer.location, url), publicAgent];
    }
    throw new UpstreamError('refused', 'It sends us from one address to the next.');
  }

  async function find(uri: string, tokenId: string, signal: AbortSignal): Promise<unknown> {
    if (/^data:/i.test(uri)) return inlineDocument(uri);
    const address = uri.replaceAll('{id}', BigInt(tokenId).toString(16).padStart(64, '0'));
    const ipfsPath = /^ipfs:\/\/(?:ipfs\/)?(.+)$/i.exec(address)?.[1];
    if (ipfsPath !== undefined) {
      const url = gatewayUrl(ipfsGateway, ipfsPath);
      return await gateway.run(() => fetchFrom(url, gatewayAgent, signal));
    }
    const url = publicUrl(address);
    return await hosts.of(url.host).run(() => fetchFrom(url, publicAgent, signal));
  }

  return {
    async read(uri, tokenId, signal) {
      const document = await find(uri, tokenId, signal);
      if (isMetadata(document)) return document;
      throw new UpstreamError('refused', 'It holds something else than what is said of a token.');
    },
    async close() {
      await Promise.all([publicAgent.destroy(), gatewayAgent.destroy()]);
    },
  };
}

const isMetadata = (document: unknown): document is Metadata =>
  typeof document === 'object' && document !== null && !Array.isArray(document);

/** A segment that leads elsewhere than down (RFC 3986, 5.2.4), in the spellings that URL knows, or that is empty. */
const ASTRAY = /^(\.|%2e){0,2}$/i;

/** Anybody names the path, and it stays below that of the gateway: beside it may lie what only we are to ask. */
function gatewayUrl(gateway: string, path: string): URL {
  const segments = path.split('/');
  const url = new URL(gateway + segments.map(encodeURIComponent).join('/'));
  if (segments.some((segment) => ASTRAY.test(segment)) || !url.href.startsWith(new URL(gateway).href))
    throw new UpstreamError('unsafe', 'It names a path outside the gateway.');
  return url;
}

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
  readonly #listeners = new Set<(state: BreakerState) => void>();

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

  onChange(listener: (state: BreakerState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
