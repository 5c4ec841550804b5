/** What of a request in JSON is read at all: the same for what stands before the server, so that neither answers what the other refuses. */

/** Ten times what inputs of ours nest. The cache makes its key of the variables with JSON.stringify, which recurses. */
export const MAX_LEVELS = 50;

/** By the Content-Type of a request. Media types are case-insensitive (RFC 9110, 8.3.1), and `application/jsonp` is another one. */
export const isJsonType = (contentType: string): boolean =>
  // As most write it: each hit is asked this.
  contentType === 'application/json' || /^application\/json\s*(;|$)/i.test(contentType);

/** Looks no deeper than `levels`. */
export const isDeeper = (value: unknown, levels: number = MAX_LEVELS): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1)));
