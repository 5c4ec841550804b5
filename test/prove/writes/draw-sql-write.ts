/** A random transaction past the API. */
import type { Table } from '../data/catalogue.js';
import { pickWeighted } from '../operations/pick-weighted.js';
import type { Scene } from './column-values.js';
import { SPECIAL } from './special-statements.js';
import {
  type Statement,
  changeKey,
  deleteRows,
  insertRow,
  mergeRows,
  moveRows,
  swapValues,
  touchRows,
  updateRows,
  upsertRow,
} from './statements.js';
import type { SqlWrite } from './write.js';

const GENERAL: readonly (readonly [title: string, weight: number, statement: Statement])[] = [
  ['UPDATE', 7, updateRows],
  ['INSERT', 5, insertRow],
  ['DELETE', 3, deleteRows],
  ['UPDATE of a parent', 4, moveRows],
  ['INSERT ON CONFLICT', 3, upsertRow],
  ['UPDATE of two rows', 2, swapValues],
  ['MERGE', 1, mergeRows],
  ['UPDATE of a key', 1, changeKey],
  ['UPDATE to what it was', 1, touchRows],
];

const ATTEMPTS = 50;
const TRUNCATED = 0.01;
const OPEN = 0.08;
const AIMED = 0.75;
const BY_THE_RULES = 0.3;

interface Drawn {
  title: string;
  statement: string;
}

export function drawSqlWrite(scene: Scene): SqlWrite {
  const { random, tables } = scene;
  if (random.chance(TRUNCATED)) {
    const { name } = random.pick(tables);
    return { kind: 'sql', title: 'TRUNCATE', statements: [`TRUNCATE "${name}" CASCADE`], staysOpen: 0 };
  }
  const drawn = Array.from({ length: random.pick([1, 1, 1, 1, 2, 3]) }, () => drawStatement(scene));
  const statements = drawn.map(({ statement }) => statement);
  // What was undone within a transaction was never written.
  if (statements.length === 3) statements.splice(1, 1, 'SAVEPOINT here', statements[1]!, 'ROLLBACK TO here');
  const staysOpen = random.chance(OPEN) ? random.int(1, 3) : 0;
  return { kind: 'sql', title: drawn[0]!.title, statements, staysOpen };
}

function drawStatement(scene: Scene): Drawn {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const table = pickTable(scene);
    const special = SPECIAL.filter(({ tables }) => tables.includes(table.name));
    const isSpecial = special.length > 0 && scene.random.chance(BY_THE_RULES);
    const drawn = isSpecial ? drawSpecial(scene, special) : drawGeneral(scene, table);
    if (drawn) return drawn;
  }
  throw new Error('There is nothing left to write to: the marketplace is empty.');
}

function drawGeneral(scene: Scene, table: Table): Drawn | null {
  const [title, , make] = pickWeighted(scene.random, GENERAL, ([, weight]) => weight);
  const statement = make(scene, table);
  return statement === null ? null : { title, statement };
}

function pickTable({ random, tables, aim }: Scene): Table {
  const named = aim && random.chance(AIMED) ? tables.filter(({ name }) => aim.tables.includes(name)) : [];
  return random.pick(named.length > 0 ? named : tables);
}

function drawSpecial(scene: Scene, special: typeof SPECIAL): Drawn | null {
  const { title, draw } = scene.random.pick(special);
  const statement = draw(scene);
  return statement === null ? null : { title, statement };
}
