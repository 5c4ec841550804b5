/** Puts admission together. Its watch over the event loop and what is to be told to Redis run until stop(). */
import { Admission, type RefusalKind } from './admission.js';
import { Budgets, type SharedCount } from './budgets.js';
import { type TrustProxy, createClientAddress } from './client-address.js';
import { Load, watchEventLoop } from './load.js';

/** Hits are told to the other instances so often. Milliseconds. */
const SETTLE_EVERY_MS = 500;

interface AdmissionOptions {
  readonly strangersPerMinute: number;
  readonly membersPerMinute: number;
  readonly trustProxy: TrustProxy;
  readonly maxInFlight: number;
  /** Null: this process counts alone. */
  readonly shared: SharedCount | null;
  readonly monotonicMs: () => number;
  readonly onRefusal: (kind: RefusalKind) => void;
}

export function createAdmission(options: AdmissionOptions): { admission: Admission; stop: () => void } {
  const { strangersPerMinute, membersPerMinute, onRefusal } = options;
  const budgets = new Budgets(options.shared, options.monotonicMs);
  const load = new Load(options.maxInFlight);
  const unwatch = watchEventLoop(load);
  const settling = setInterval(() => void budgets.settle(), SETTLE_EVERY_MS).unref();
  const clientAddress = createClientAddress(options.trustProxy);
  return {
    admission: new Admission({ strangersPerMinute, membersPerMinute, clientAddress, budgets, load, onRefusal }),
    stop() {
      unwatch();
      clearInterval(settling);
    },
  };
}
