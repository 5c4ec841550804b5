/** Mutations all look alike: one input, one payload. */
import type { Answer, TestApp } from './app.js';

export interface Refusal {
  code: string;
  /** Where what is wrong stands, if it stands in the input. */
  paths?: readonly (readonly (string | number)[])[];
}

/** Runs `name(input: …)` for whom the token speaks; nobody if there is none. */
export function mutate(
  app: TestApp,
  name: string,
  { input, select, token }: { input: object; select: string; token?: string },
): Promise<Answer> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${select} } }`;
  return app.execute(document, { input }, token === undefined ? {} : { token });
}

/** Why a request was refused; null if it was not. */
export function refusalOf({ errors: [error] }: Answer): Refusal | null {
  if (!error) return null;
  const { code, issues } = error.extensions;
  return { code, ...(issues && { paths: issues.map(({ path }) => path) }) };
}

export const refused = (code: string, ...paths: (string | number)[][]): Refusal => ({
  code,
  ...(paths.length > 0 && { paths }),
});
