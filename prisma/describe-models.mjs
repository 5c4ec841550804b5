/* From Prisma's datamodel to the models of src/tracking/models.ts. What could not be tracked rightly is refused here, at `npm run generate`. */

const TYPES = new Set(['Int', 'BigInt', 'String', 'Boolean', 'Decimal', 'Float', 'DateTime', 'Json', 'Bytes']);

/** Values of these can be named in a tag: equal ones have one spelling. Floats and times are compared, not looked up by. */
const NAMEABLE = new Set(['Int', 'BigInt', 'String', 'Boolean', 'Enum', 'Decimal', 'Uuid']);

/** Native types under which values that are spelled differently may be equal (citext, char(n)), or are spelled by locale. */
const LOOSE = new Set(['Citext', 'Char', 'Bit', 'VarBit', 'Inet', 'Xml', 'Money']);

/** @param {import('@prisma/generator-helper').DMMF.Datamodel} datamodel */
export function describeModels({ models, indexes }) {
  const described = models.map((model) =>
    describe(
      model,
      models,
      indexes.filter((index) => index.model === model.name),
    ),
  );
  return [...described, ...joinTables(models)].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function describe(model, models, indexes) {
  refuseOtherNames(model);
  const columns = model.fields.filter((field) => field.kind !== 'object');
  const key = keyOf(model);
  for (const column of columns) {
    if (key.includes(column.name) && !isNameable(column))
      throw new Error(
        `${model.name}.${column.name} is part of a key, and its type names no row in one spelling: give the key another type.`,
      );
  }
  return {
    name: model.name,
    key,
    columns: Object.fromEntries(columns.map((column) => [column.name, typeOf(column)])),
    groups: groupsOf(model, columns, key, indexes),
    uniques: [key, ...uniquesOf(model)],
    relations: Object.fromEntries(
      model.fields
        .filter((field) => field.kind === 'object')
        .map((field) => [field.name, relationOf(field, model, models)]),
    ),
  };
}

/** SQL written by hand, triggers and Prisma speak of the same names: the schema says so, and all of tracking relies on it. */
function refuseOtherNames(model) {
  const renamed = [model, ...model.fields].find(({ dbName }) => dbName != null);
  if (renamed)
    throw new Error(
      `${model.name}: @map and @@map are not understood here; let "${renamed.name}" bear one name everywhere.`,
    );
}

function keyOf(model) {
  const key = model.primaryKey?.fields ?? model.fields.filter(({ isId }) => isId).map(({ name }) => name);
  if (key.length === 0)
    throw new Error(`${model.name} has no primary key: its rows could not be told apart. Give it an @id.`);
  return [...key];
}

function typeOf(column) {
  if (column.isList || column.kind === 'unsupported') return 'Other';
  if (column.kind === 'enum') return 'Enum';
  if (column.nativeType?.[0] === 'Uuid') return 'Uuid';
  return TYPES.has(column.type) ? column.type : 'Other';
}

const isNameable = (column) => NAMEABLE.has(typeOf(column)) && !LOOSE.has(column.nativeType?.[0]);

const uniquesOf = (model) => [
  ...model.fields.filter(({ isUnique }) => isUnique).map(({ name }) => [name]),
  ...model.uniqueFields.map((fields) => [...fields]),
];

/** By which columns rows are looked up together. Each costs a tag a written row, so what is merely an order is none. */
function groupsOf(model, columns, key, indexes) {
  const links = new Set(model.fields.flatMap(({ relationFromFields }) => relationFromFields ?? []));
  const isKey = (fields) => key.every((name) => fields.includes(name));
  const leading = [key, ...indexes.filter(isTree).map(({ fields }) => fields.map(({ name }) => name))]
    .filter((fields) => links.has(fields[0]) || !isOrder(fields, key))
    .map((fields) => [fields[0]]);
  const wanted = [...[...links].map((name) => [name]), ...uniquesOf(model), ...leading].filter(
    (fields) => !isKey(fields),
  );

  const position = (name) => columns.findIndex((column) => column.name === name);
  const inOrder = wanted.map((fields) => [...fields].sort((a, b) => position(a) - position(b)));
  const distinct = [...new Map(inOrder.map((fields) => [fields.join(), fields])).values()];
  return distinct
    .filter((fields) => fields.every((name) => isNameable(columns[position(name)])))
    .sort((a, b) => a.length - b.length || position(a[0]) - position(b[0]));
}

const isTree = ({ algorithm }) => algorithm === undefined || algorithm === null || algorithm === 'BTree';

/** An index (column, key): it serves an order by the column, and nobody looks up by it. */
const isOrder = (fields, key) => fields.length === 1 + key.length && fields.slice(1).join() === key.join();

function relationOf(field, model, models) {
  const other = models.find(({ name }) => name === field.type);
  const back = other.fields.find(
    (candidate) => candidate.relationName === field.relationName && (other !== model || candidate.name !== field.name),
  );
  const relation = (from, to, joinTable = null) => ({ model: other.name, isList: field.isList, from, to, joinTable });
  if (field.relationFromFields?.length > 0) return relation([...field.relationFromFields], [...field.relationToFields]);
  if (back?.relationFromFields?.length > 0) return relation([...back.relationToFields], [...back.relationFromFields]);
  return relation(keyOf(model), keyOf(other), `_${field.relationName}`);
}

/** Prisma names it for the relation, and its columns A and B for the models in the order of the alphabet. */
function joinTables(models) {
  const sides = models.flatMap((model) =>
    model.fields.filter((field) => isManyToMany(field, models)).map((field) => ({ field, model })),
  );
  const names = [...new Set(sides.map(({ field }) => field.relationName))];
  return names.map((name) => {
    const ends = sides.filter(({ field }) => field.relationName === name).map(({ model }) => model);
    const [a, b] = [ends[0], ends[1] ?? ends[0]].sort((one, other) => (one.name < other.name ? -1 : 1));
    return {
      name: `_${name}`,
      key: ['A', 'B'],
      columns: { A: keyTypeOf(a), B: keyTypeOf(b) },
      groups: [['A'], ['B']],
      uniques: [['A', 'B']],
      relations: {},
    };
  });
}

function isManyToMany(field, models) {
  if (field.kind !== 'object' || !field.isList) return false;
  const other = models.find(({ name }) => name === field.type);
  return other.fields.some(
    (candidate) =>
      candidate.relationName === field.relationName &&
      candidate.isList &&
      candidate.relationFromFields?.length === 0 &&
      candidate !== field,
  );
}

const keyTypeOf = (model) => typeOf(model.fields.find(({ name }) => name === keyOf(model)[0]));
