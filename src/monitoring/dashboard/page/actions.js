/**
 * What an admin may do, each after a question. It goes to the API as everybody's mutations do, with the token in its header: so behind a balancer, or with
 * several workers, it may be another instance that answers than the one that is shown.
 */
import { byId, element, setText } from './dom.js';
import { count, milliseconds } from './format.js';
import { HASHES } from './hashes.js';

const ACTIONS = {
  invalidateCache: {
    title: 'Invalidate these tags?',
    text: (tags) =>
      `Every instance stops serving what depends on ${tags.join(', ')}. The next request for it is executed.`,
    yes: 'Invalidate',
    done: ({ purged }) => `${count(purged)} answers went from the instance that answered, and theirs from all others.`,
  },
  flushCache: {
    title: 'Flush everything?',
    text: () =>
      'Every instance, and Redis, starts empty. The database carries all requests until the cache has filled again.',
    yes: 'Flush everything',
    done: ({ purged }) => `${count(purged)} answers went from the instance that answered, and theirs from all others.`,
  },
  warmCache: {
    title: 'Warm the cache?',
    text: () => 'The most used operations are executed on the instance that answers, so that they are cached again.',
    yes: 'Warm',
    done: ({ warmed }) => `${count(warmed)} operations were executed.`,
  },
  resetCircuitBreakers: {
    title: 'Reset the breakers?',
    text: () =>
      'Upstreams that failed are asked again at once, by the instance that answers. If they still fail, their breakers open again.',
    yes: 'Reset breakers',
    done: ({ closed }) => (closed.length > 0 ? `Closed: ${closed.join(', ')}.` : 'All of them were closed already.'),
  },
  resetStatistics: {
    title: 'Reset these figures?',
    text: () => 'What this page and /stats show of the instance that answers begins at zero. Metrics go on counting.',
    yes: 'Reset figures',
    done: () => 'Counting has begun anew.',
  },
  runSelfTest: {
    title: 'Run the self-test?',
    text: () =>
      'Database, Redis and memory are tried, and one invalidation goes round the fleet. It takes some seconds at most.',
    yes: 'Run',
    done: ({ ok }) => (ok ? 'All is well.' : 'Something is not well.'),
  },
};

/** `token` gives the token of whoever has signed in; `signIn` asks for one, and resolves when there is one, or with null. */
export function createActions({ token, signIn }) {
  const dialog = byId('confirm-dialog');
  let act = null;

  async function ask(name, variables, tags) {
    if (!token() && !(await signIn())) return;
    const action = ACTIONS[name];
    setText(byId('confirm-title'), action.title);
    setText(byId('confirm-text'), action.text(tags));
    setText(byId('confirm-yes'), action.yes);
    byId('confirm-yes').classList.toggle('danger', name === 'flushCache');
    act = () => run(name, variables, token());
    dialog.showModal();
    // The harmless answer is at hand.
    dialog.querySelector('[data-close]').focus();
  }

  byId('confirm-form').addEventListener('submit', () => void act?.());
  for (const button of document.querySelectorAll('[data-action]'))
    button.addEventListener('click', () => void ask(button.dataset.action));
  byId('invalidate').addEventListener('submit', (event) => {
    event.preventDefault();
    const tags = byId('tags').value.match(/\S+?\[[^\]]*\]|\S+/g) ?? [];
    if (tags.length > 0) void ask('invalidateCache', { tags }, tags);
    else byId('tags').focus();
  });
}

async function run(name, variables, token) {
  const place = byId('outcome');
  place.replaceChildren(element('p', { class: 'quiet', text: 'At work …' }));
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ variables, extensions: { persistedQuery: { version: 1, sha256Hash: HASHES[name] } } }),
    });
    const { data, errors } = await response.json();
    if (errors?.length) throw new Error(explained(errors[0].message));
    place.replaceChildren(
      element('p', { class: 'good', text: ACTIONS[name].done(data.result) }),
      ...checksOf(data.result),
    );
  } catch (error) {
    place.replaceChildren(element('p', { class: 'error', text: error.message }));
  }
}

const explained = (message) =>
  message === 'PersistedQueryNotFound'
    ? 'The server is of another version than this page. Load the page again.'
    : message;

const checksOf = ({ checks = [] }) =>
  checks.length === 0
    ? []
    : [
        element(
          'ul',
          { class: 'checks' },
          ...checks.map(({ name, ok, ms, advice }) =>
            element(
              'li',
              {},
              element('span', { class: ok ? 'state' : 'state bad', text: ok ? 'well' : 'not well' }),
              element('span', { text: name }),
              element('span', { class: 'quiet', text: advice ?? milliseconds(ms) }),
            ),
          ),
        ),
      ];
