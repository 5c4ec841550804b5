/* Prisma runs this at `npm run generate`: it writes src/tracking/generated-models.ts, the metadata that tracking works by. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import generatorHelper from '@prisma/generator-helper';
import { describeModels } from './describe-models.mjs';

const NOTE = '// Made from prisma/schema.prisma by `npm run generate`. Do not edit.';

generatorHelper.generatorHandler({
  onManifest: () => ({
    prettyName: 'the models as tracking sees them',
    defaultOutput: '../src/tracking/generated-models.ts',
  }),
  async onGenerate({ dmmf, generator }) {
    const models = JSON.stringify(describeModels(dmmf.datamodel), null, 2);
    const source = [
      NOTE,
      "import type { Model } from './models.js';",
      '',
      `export const generatedModels: readonly Model[] = ${models};`,
      '',
    ].join('\n');
    await mkdir(dirname(generator.output.value), { recursive: true });
    await writeFile(generator.output.value, source);
  },
});
