/**
 * The blocks of a recipe. A fence of `sh` holds commands; any other says after its language which file it goes into:
 *   ts src/new-file.ts                    the whole of a new file, or more at the end of an existing one
 *   graphql schema.graphql in "type X"    before the end of the block that starts with these words
 *   ts src/file.ts after "some line"      on the line below
 */
export type Block =
  | { kind: 'commands'; text: string }
  | { kind: 'code'; file: string; text: string; place: { word: 'in' | 'after'; anchor: string } | null };

const FENCE = /^```(\w+) ?(\S+)?(?: (in|after) "(.+)")?\n([\s\S]*?)^```$/gm;

export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(FENCE)].map(([, language, file, word, anchor, text = '']) => {
    if (language === 'sh') return { kind: 'commands', text };
    if (!file) throw new Error(`A block of ${language} does not say which file it goes into.`);
    const place = word && anchor ? { word: word as 'in' | 'after', anchor } : null;
    return { kind: 'code', file, text, place };
  });
}

export function applyBlock(before: string, { file, text, place }: Extract<Block, { kind: 'code' }>): string {
  if (!place) return before === '' ? text : `${before.trimEnd()}\n\n${text}`;
  const start = before.indexOf(place.anchor);
  if (start === -1) throw new Error(`${file} has no ${JSON.stringify(place.anchor)}.`);
  const at = place.word === 'in' ? before.indexOf('\n}', start) + 1 : before.indexOf('\n', start) + 1;
  return before.slice(0, at) + text + before.slice(at);
}
