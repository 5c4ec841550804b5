/** A quick hash of 32 bits (FNV-1a: Fowler, Noll, Vo). Whoever wants to finds two texts that have the same. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
