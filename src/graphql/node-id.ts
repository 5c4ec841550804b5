/** Node ids: base64 of `Type:key` (Relay, Global Object Identification). */
import { z } from 'zod';
import { decodeGlobalID } from '@pothos/plugin-relay';

/** Any key is a positive 32-bit integer. */
const KEY = /^[1-9]\d{0,9}$/;
const MAX_KEY = 2 ** 31 - 1;

export function parseNodeId(id: string): { type: string; key: number } | null {
  if (id.length > 100) return null;
  try {
    const { typename, id: key } = decodeGlobalID(id);
    if (!KEY.test(key) || Number(key) > MAX_KEY) return null;
    return { type: typename, key: Number(key) };
  } catch {
    return null;
  }
}

/** An input that must be the id of a `type`; gives its key. */
export const nodeId = (type: string) =>
  z.string().transform((id, ctx) => {
    const parsed = parseNodeId(id);
    if (parsed?.type === type) return parsed.key;
    ctx.addIssue({ code: 'custom', message: `not the id of a ${type}: take it from the field "id" of one` });
    return z.NEVER;
  });
