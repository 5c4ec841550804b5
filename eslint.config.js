/* What a machine can see of the style. Who may import whom is checked in test/architecture, where the whole graph is in sight. */
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const ENVIRONMENT = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message:
    'Only src/config.ts reads the environment: add the variable there, and take it from the Config you are passed.',
};

const LEADING_SPREAD = {
  selector: 'ObjectExpression[properties.1] > SpreadElement:first-child',
  message:
    'On Node 20 each property that is added to a copy costs a microsecond (V8 11.3 makes a class for each): begin with the properties, or write them all out. What lies here runs for each request.',
};

export default defineConfig(
  globalIgnores([
    'dist/',
    '.data/',
    'src/platform/prisma/',
    'src/graphql/pothos-prisma-types.ts',
    'src/tracking/generated-models.ts',
    '**/*.d.mts',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 350, skipComments: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Under noUncheckedIndexedAccess this is how one says that an index was checked before.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // An async function without await turns what it throws into a rejection, which is often why it is one.
      '@typescript-eslint/require-await': 'off',
      // Objects here are closures: their methods know no `this`.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: ['src/**'], ignores: ['src/config.ts'], rules: { 'no-restricted-syntax': ['error', ENVIRONMENT] } },
  {
    files: [
      'src/graphql/execution/**',
      'src/graphql/{cursor,list,list-reading,loader}.ts',
      'src/monitoring/{front-operation,observe-operations}.ts',
      'src/response-cache/{answers,fill,report}.ts',
      'src/response-cache/front/**',
      'src/sockets/**',
      'src/tracking/**',
    ],
    rules: { 'no-restricted-syntax': ['error', ENVIRONMENT, LEADING_SPREAD] },
  },
  {
    files: ['test/**'],
    rules: {
      'max-lines': ['error', { max: 400, skipComments: true }],
      // The data of an answer is `any`: what a test reads of it, its assertions check.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  { files: ['**/*.js', '**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
);
