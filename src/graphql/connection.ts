/** Connection and edge types (Relay, Cursor Connections), one pair for each noun. */
import type { ObjectRef } from '@pothos/core';
import { type SchemaTypes, builder } from './builder.js';

type ExtendedTypes = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>;

/** To be passed to `t.connection(options, ...connectionOf(Agent, 'Agent'))`. */
export function connectionOf<Shape>(type: ObjectRef<ExtendedTypes, Shape>, noun: string) {
  const edge = builder.edgeObject({ type, name: `${noun}Edge` });
  return [builder.connectionObject({ type, name: `${noun}Connection` }, edge), edge] as const;
}
