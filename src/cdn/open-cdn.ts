/** The CDN that a config names. */
import type { CdnConfig } from '../config.js';
import type { Cdn } from './cdn.js';
import { createCloudflare } from './cloudflare.js';
import { createFastly } from './fastly.js';
import { createVarnish } from './varnish.js';

export function openCdn(config: CdnConfig): Cdn {
  switch (config.kind) {
    case 'fastly':
      return createFastly(config);
    case 'cloudflare':
      return createCloudflare(config);
    case 'varnish':
      return createVarnish(config);
  }
}
