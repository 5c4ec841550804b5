/** What a request may ask of the cache. Only developers and admins may: who could order executions could overload the database. */
interface Wishes {
  /** `Cache-Control: no-cache` (RFC 9111, 5.2.1.4): to be executed in any case. */
  readonly fresh: boolean;
  /** `X-Cache-Explain: 1` */
  readonly explained: boolean;
}

export const wishesOf = (headers: Headers, mayWish: boolean): Wishes => ({
  fresh: mayWish && /(^|,)\s*no-cache\s*(,|$)/i.test(headers.get('cache-control') ?? ''),
  explained: mayWish && headers.get('x-cache-explain') === '1',
});
