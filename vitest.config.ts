import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // Node resolves graphql's CommonJS file for packages; ours must be the same copy, or `instanceof` fails.
    alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }],
  },
  test: {
    reporters: ['default', './test/support/totals-reporter.ts'],
    maxWorkers: '100%',
    // The modules of a worker serve all its files: loading them again for each took a third of the time.
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/{unit,contracts,architecture,process,simulation}/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'pglite',
          include: ['test/integration/**/*.test.ts'],
          // What only a server has: several sessions, a network between, plans of large tables.
          exclude: ['**/*.postgres.test.ts'],
          globalSetup: ['test/support/pglite-project.ts'],
        },
      },
      {
        extends: true,
        test: {
          // The same over real connections, each answer asked for again until it comes from before the server.
          name: 'front',
          include: ['test/integration/**/*.test.ts'],
          exclude: [
            '**/*.postgres.test.ts',
            // They say themselves what comes from the cache, count statements, or look at what fetch makes of an answer without content.
            '**/{front,larder-cache,administration,operator-pages,examples,health,traces}.test.ts',
            // Jobs change what they ask for between two questions.
            '**/{refresh-collection,refresh-progress,indexer-faults}.test.ts',
          ],
          env: { LARDER_TESTS_THROUGH: 'front' },
          globalSetup: ['test/support/pglite-project.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/support/postgres-project.ts'],
        },
      },
      {
        extends: true,
        test: {
          // What is claimed of the cache, at the size that each change can wait for.
          name: 'prove',
          include: ['test/prove/**/*.test.ts'],
          exclude: ['test/prove/processes/**'],
          globalSetup: ['test/support/postgres-project.ts'],
        },
      },
      {
        extends: true,
        test: {
          // Servers in processes of their own, some of them timed: after everything else, and one at a time.
          name: 'processes',
          include: ['test/prove/processes/**/*.test.ts'],
          sequence: { groupOrder: 1 },
          maxWorkers: 1,
        },
      },
      {
        extends: true,
        test: {
          // What a person does: with a browser, and with the recipe.
          name: 'journeys',
          include: ['test/{browser,recipe}/**/*.test.ts'],
          globalSetup: ['test/support/pglite-project.ts'],
        },
      },
    ],
  },
});
