/** The gateway through which all documents on IPFS come, whoever's they are: so none of them is to be what closes it to the others. */
import { Agent, type Dispatcher } from 'undici';
import { BreakerOpenError, type Breakers } from '../platform/breaker.js';
import { UpstreamError } from './upstream-error.js';

/** Less than a document may take: who cannot even be connected to is away, whichever document was asked for. Milliseconds. */
const CONNECT_TIMEOUT_MS = 2_000;

/** No document on IPFS can be had now. One that is asked for later may be. */
export class GatewayAwayError extends Error {
  override name = 'GatewayAwayError';
}

export interface IpfsGateway {
  /** @throws UpstreamError: it leads elsewhere. */
  urlOf(path: string): URL;
  /** @throws GatewayAwayError; else whatever `ask` throws. */
  run<T>(ask: (dispatcher: Dispatcher) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Connections that are refused and answers that it is broken (5xx) speak of the gateway. What is not found in time (`silent`) or is no JSON (`nonsense`)
 * speaks of the document: anybody may name one that nobody has, or a picture.
 *
 * So a gateway that takes connections and then hangs is not told from documents that nobody has, and its breaker stays closed. What bounds that: each document
 * takes 3 s at most, eight are asked for at a time, so a page of a hundred takes 40 s and is written with what there is; then others have their turn.
 */
const isGatewayIllness = (error: unknown): boolean => error instanceof UpstreamError && error.fault === 'away';

/** @param prefix what comes before the hash of a document. */
export function createIpfsGateway(prefix: string, breakers: Breakers): IpfsGateway {
  const agent = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS } });
  const breaker = breakers.create('ipfs-gateway', { isFailure: isGatewayIllness });
  /** Whoever finds out whether it is back; it does not reject. */
  let probe: Promise<void> | null = null;

  function guarded<T>(ask: () => Promise<T>): Promise<T> {
    return breaker.run(ask).catch((error: unknown) => {
      const isAway = error instanceof BreakerOpenError || (isGatewayIllness(error) && breaker.state === 'open');
      throw isAway ? new GatewayAwayError('The IPFS gateway failed too often of late.', { cause: error }) : error;
    });
  }

  return {
    urlOf: (path) => urlBelow(prefix, path),
    async run(ask) {
      // The breaker lets one at a time find out, and refuses the others: a page, which is put off if one of its documents is refused, would never begin.
      while (probe) await probe;
      const answer = guarded(() => ask(agent));
      if (breaker.state !== 'closed') {
        const end = () => void (probe = null);
        probe = answer.then(end, end);
      }
      return await answer;
    },
    close: () => agent.destroy(),
  };
}

/** A segment that leads elsewhere than down (RFC 3986, 5.2.4), in the spellings that URL knows, or that is empty. */
const ASTRAY = /^(\.|%2e){0,2}$/i;

/** Anybody names the path, and it stays below that of the gateway: beside it may lie what only we are to ask. */
function urlBelow(gateway: string, path: string): URL {
  const segments = path.split('/');
  const url = new URL(gateway + segments.map(encodeURIComponent).join('/'));
  if (segments.some((segment) => ASTRAY.test(segment)) || !url.href.startsWith(new URL(gateway).href))
    throw new UpstreamError('unsafe', 'It names a path outside the gateway.');
  return url;
}
