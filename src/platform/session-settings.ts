/** What a session of a PostgreSQL server is opened with, where its address says something of its own. */

/** Parameters of an address by which pg bounds a session, past what it is asked for beside the address. Our sessions have bounds of their own. */
const BOUNDS = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'query_timeout'];

interface SessionSettings {
  connectionString: string;
  options: string;
}

/**
 * pg takes what the address says before what it is told beside it, without a word: a `?options=` there would leave a session without time zone, limits and
 * mark. So the options of the address come first and ours after them, for the server goes by the last; those that we do not set remain.
 * @param settings as `name=value`, without blanks.
 */
export function sessionSettings(url: string, settings: readonly string[]): SessionSettings {
  const ours = settings.map((setting) => `-c ${setting}`);
  const address = new URL(url);
  const { searchParams } = address;
  const others = searchParams.getAll('options');
  // One that says nothing of this stays as it was written.
  if (!['options', ...BOUNDS].some((name) => searchParams.has(name)))
    return { connectionString: url, options: ours.join(' ') };
  for (const name of ['options', ...BOUNDS]) searchParams.delete(name);
  return { connectionString: address.href, options: [...others, ...ours].join(' ') };
}
