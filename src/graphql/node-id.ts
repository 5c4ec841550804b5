/** Node ids: base64 of `Type:key` (Relay, Global Object Identification). */
import { z } from 'zod';
import { MAX_INT } from './inputs.js';

const BASE64 = /^[\d+/A-Za-z]+={0,2}$/;
/** Any key is a positive 32-bit integer. */
const DECODED = /^([A-Z_a-z]\w*):([1-9]\d{0,9})$/;

export function parseNodeId(id: string): { type: string; key: number } | null {
  if (id.length > 100 || id.length % 4 !== 0 || !BASE64.test(id)) return null;
  // Neither names nor keys have other letters than those of ASCII.
  const [, type, key] = DECODED.exec(Buffer.from(id, 'base64').toString('latin1')) ?? [];
  return type === undefined || Number(key) > MAX_INT ? null : { type, key: Number(key) };
}

/** An input that must be the id of a `type`; gives its key. */
export const nodeId = (type: string) =>
  z.string().transform((id, ctx) => {
    const parsed = parseNodeId(id);
    if (parsed?.type === type) return parsed.key;
    ctx.addIssue({ code: 'custom', message: `not the id of a ${type}: take it from the field "id" of one` });
    return z.NEVER;
  });
