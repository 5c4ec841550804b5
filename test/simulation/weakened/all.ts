import { CORRECTIONS } from './corrections.js';
import { FIRST_PROTOCOL } from './first-protocol.js';
import type { Weakening } from './weakening.js';

export const WEAKENED: readonly Weakening[] = [...FIRST_PROTOCOL, ...CORRECTIONS];
