/* Prisma's schema engine in its WebAssembly build: what `prisma migrate` runs, without the download. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';

/** The package expects a bundler to import its .wasm; Node 20 does not, so it is instantiated by hand. */
async function loadEngine() {
  const engine = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const wasm = createRequire(import.meta.url)
    .resolve('@prisma/schema-engine-wasm')
    .replace(/schema_engine\.js$/, 'schema_engine_bg.wasm');
  const { instance } = await WebAssembly.instantiate(await readFile(wasm), { './schema_engine_bg.js': engine });
  engine.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return engine.SchemaEngine;
}

/** Once a process: the package has room for one instance. */
let loading;

export async function openSchemaEngine(schema, adapter) {
  const SchemaEngine = await (loading ??= loadEngine());
  const options = { datamodels: [['schema.prisma', schema]] };
  return SchemaEngine.new(options, () => {}, bindMigrationAwareSqlAdapterFactory(adapter));
}
