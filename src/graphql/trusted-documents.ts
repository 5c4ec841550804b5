/** Documents that are known beforehand: files of JSON that map the SHA-256 of each, in hex, to its text, as client tools extract them at build time. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type GraphQLSchema, parse, validate } from 'graphql';
import { z } from 'zod';
import { OperatorError } from '../platform/operator-error.js';

/** By their hashes. */
export type TrustedDocuments = ReadonlyMap<string, string>;

const manifest = z.record(z.string(), z.string());

interface TrustedDocumentsOptions {
  /** Where the files are. */
  readonly folder: string;
  /** Nothing else is answered: then there must be some. */
  readonly onlyTrusted: boolean;
}

/**
 * @returns those of all files in `folder` whose names end with .json; none if there is no such folder.
 * @throws OperatorError that names the file, if one cannot be read, is no such map, or has a document that is not what its hash says or does not fit `schema`.
 */
export function readTrustedDocuments(
  { folder, onlyTrusted }: TrustedDocumentsOptions,
  schema: GraphQLSchema,
): TrustedDocuments {
  const documents = new Map<string, string>();
  for (const file of filesIn(folder))
    for (const [hash, text] of Object.entries(readManifest(file))) {
      const fault = faultOf(hash, text, schema);
      if (fault !== null) throw new OperatorError(`${file} (TRUSTED_DOCUMENTS): ${fault}`);
      documents.set(hash, text);
    }
  if (onlyTrusted && documents.size === 0)
    throw new OperatorError(
      `OPERATIONS=trusted answers the documents in the folder ${folder} (TRUSTED_DOCUMENTS) alone, and there are none. Put them there, or set OPERATIONS=any.`,
    );
  return documents;
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(folder, name));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new OperatorError(`TRUSTED_DOCUMENTS must name a folder that can be read: ${message}.`, { cause: error });
  }
}

function readManifest(file: string): Record<string, string> {
  try {
    return manifest.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const why = error instanceof SyntaxError ? ` (${error.message})` : '';
    throw new OperatorError(
      `${file} (TRUSTED_DOCUMENTS) must be JSON that maps hashes to documents: { "<SHA-256 in hex>": "query …", … }${why}.`,
      { cause: error },
    );
  }
}

function faultOf(hash: string, text: string, schema: GraphQLSchema): string | null {
  if (createHash('sha256').update(text).digest('hex') !== hash)
    return `"${hash}" is not the SHA-256 of its document, in lower-case hex. Extract the documents again.`;
  try {
    const [error] = validate(schema, parse(text));
    return error ? `the document ${hash} does not fit the schema. ${error.message}` : null;
  } catch (error) {
    return `the document ${hash} is no GraphQL. ${(error as Error).message}`;
  }
}
