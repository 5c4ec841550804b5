/** Tells which objects an execution meets where the schema says only "an interface" or "a union": their types may have hints of their own. */
import {
  type GraphQLAbstractType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type GraphQLTypeResolver,
  defaultTypeResolver,
  isAbstractType,
} from 'graphql';

export type TypeListener = (type: string, info: GraphQLResolveInfo) => void;

/** On the context of the execution: a weak map of all contexts costs more than all else that is noted of one, most of it in the garbage collector. */
const listener = Symbol('listener for types');
type Listened = { [listener]?: TypeListener };

const observed = new WeakSet<GraphQLSchema>();

/** From now on `listen` is told of every type that is resolved under this context. */
export function listenForTypes(context: object, listen: TypeListener): void {
  (context as Listened)[listener] = listen;
}

/** Makes the schema's interfaces and unions tell. Types have one resolver, so it is wrapped; once for each schema. */
export function observeRuntimeTypes(schema: GraphQLSchema): void {
  if (observed.has(schema)) return;
  observed.add(schema);
  for (const type of Object.values(schema.getTypeMap()))
    if (isAbstractType(type)) type.resolveType = telling(type.resolveType ?? defaultTypeResolver);
}

const telling =
  (resolve: GraphQLTypeResolver<unknown, unknown>): GraphQLTypeResolver<unknown, unknown> =>
  (value, context, info, abstractType: GraphQLAbstractType) => {
    const tell = (type: string | undefined) => {
      if (type !== undefined && isObject(context)) (context as Listened)[listener]?.(type, info);
      return type;
    };
    const type = resolve(value, context, info, abstractType);
    return typeof type === 'object' ? type.then(tell) : tell(type);
  };

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The response key of the root field whose value is being completed; null below the root. */
export function rootKeyOf({ path }: GraphQLResolveInfo): string | null {
  return path.prev === undefined ? String(path.key) : null;
}
