/** A protocol that is weaker than ours by one thought, as a patch of the source: production code has no switches. */
export interface Weakening {
  readonly name: string;
  /** What goes wrong with it. */
  readonly why: string;
  readonly patches: readonly Patch[];
  /** A seed that shows it, or one soon after it does. Found by `npx tsx test/simulation/run.ts --weakened`. */
  readonly seed: number;
}

export interface Patch {
  /** From the root of the project. */
  readonly file: string;
  /** Occurs there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** @throws when the source has changed so that the patch means nothing any more. */
export function applyPatches(source: string, file: string, patches: readonly Patch[]): string {
  return patches
    .filter((patch) => patch.file === file)
    .reduce((text, { find, replace }) => {
      const parts = text.split(find);
      if (parts.length === 2) return parts.join(replace);
      throw new Error(
        `A weakening patches ${file} where it says\n  ${find}\nwhich occurs ${parts.length - 1} times there. ` +
          'Say in test/simulation/weakened/ what it is now: the weakened protocol must be caught as before.',
      );
    }, source);
}
