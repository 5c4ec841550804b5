/** The gateway through which all documents on IPFS come, whoever's they are: so none of them is to be what closes it to the others. */
import { Agent, type Dispatcher } from 'undici';
import { BreakerOpenError, type Breakers } from '../platform/breaker.js';
import { type RetryParts, retry } from './retry.js';
import { UpstreamError } from './upstream-error.js';

/** Less than a document may take: who cannot even be connected to is away, whichever document was asked for. Milliseconds. */
const CONNECT_TIMEOUT_MS = 2_000;

/** Less than a host may want, for a page waits meanwhile. Milliseconds. */
const LONGEST_WAIT_MS = 2_000;

/** A document on IPFS cannot be had now. If it is asked for later it may be. Messages are shown to people. */
export class GatewayAwayError extends Error {
  override name = 'GatewayAwayError';

  constructor(
    message: string,
    /** Whether none can be had; else others may be, and it may be this one that never is. */
    readonly isOfAll: boolean,
    /** It asked to be left alone for so long. Milliseconds. */
    readonly retryAfterMs = 0,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

interface IpfsGateway {
  /** @throws UpstreamError: it leads elsewhere. */
  urlOf(path: string): URL;
  /** @throws GatewayAwayError; else whatever `ask` throws. */
  run<T>(ask: (dispatcher: Dispatcher) => Promise<T>, signal: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

/**
 * Connections that are refused and answers that nobody is there (502, 503) speak of the gateway. What cannot be resolved or decoded (`broken`: Kubo says 500), is
 * not found in time (`silent`), breaks off or is no JSON (`nonsense`) speaks of the document: anybody may name one that nobody has, or a picture.
 *
 * So a gateway that takes connections and then hangs is not told from documents that nobody has, and its breaker stays closed. What bounds that: each document
 * takes 3 s at most, eight are asked for at a time, so a page of a hundred takes 40 s and is written with what there is; then others have their turn.
 */
const isGatewayIllness = (error: unknown): error is UpstreamError =>
  error instanceof UpstreamError && error.fault === 'away';

/** A gateway that is asked too often speaks of itself, too, though it is well. */
const isOfGateway = (error: unknown): error is UpstreamError =>
  isGatewayIllness(error) || (error instanceof UpstreamError && error.fault === 'busy');

const PATIENCE = { attempts: 3, longestWaitMs: LONGEST_WAIT_MS, mayHelp: isOfGateway };

/** @param prefix what comes before the hash of a document. */
export function createIpfsGateway(prefix: string, breakers: Breakers, parts: RetryParts): IpfsGateway {
  const agent = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS } });
  const breaker = breakers.create('ipfs-gateway', { isFailure: isGatewayIllness });
  /** Whoever finds out whether it is back; it does not reject. */
  let probe: Promise<void> | null = null;

  /** All attempts for a document are one to the breaker: few documents are not to open it. */
  async function guarded<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await breaker.run(() => retry(ask, PATIENCE, parts, signal));
    } catch (error) {
      if (error instanceof BreakerOpenError || (isGatewayIllness(error) && breaker.state === 'open'))
        throw new GatewayAwayError(CLOSED, true, 0, error);
      if (!isOfGateway(error)) throw error;
      throw new GatewayAwayError(`The IPFS gateway: ${error.message}`, false, error.retryAfterMs, error);
    }
  }

  return {
    urlOf: (path) => urlBelow(prefix, path),
    async run(ask, signal) {
      // The breaker lets one at a time find out, and refuses the others: a page, which is put off if one of its documents is refused, would never begin.
      while (probe) await probe;
      const answer = guarded(() => ask(agent), signal);
      if (breaker.state !== 'closed') {
        const end = () => void (probe = null);
        probe = answer.then(end, end);
      }
      return await answer;
    },
    close: () => agent.destroy(),
  };
}

const CLOSED = 'The IPFS gateway failed too often of late, and is not asked for a minute.';

/** A segment that is empty or leads elsewhere than down (RFC 3986, 5.2.4), or that would be several. */
const ASTRAY = /^\.{0,2}$|[/\\]/;

/** Anybody names the path, and it stays below that of the gateway: beside it may lie what only we are to ask. */
function urlBelow(gateway: string, path: string): URL {
  const url = new URL(gateway + path.split('/').map(respelled).join('/'));
  if (!url.href.startsWith(new URL(gateway).href)) throw outside();
  return url;
}

/** As a URL spells it, however the path does: a blank may be `%20` in it already. */
function respelled(segment: string): string {
  const name = orOutside(() => decodeURIComponent(segment));
  if (ASTRAY.test(name)) throw outside();
  return orOutside(() => encodeURIComponent(name));
}

function orOutside(spell: () => string): string {
  try {
    return spell();
  } catch (error) {
    throw outside(error);
  }
}

const outside = (cause?: unknown) =>
  new UpstreamError('unsafe', 'It names a path outside the gateway, or one that is none.', { cause });
