/** The dashboard: a token at most in the storage of this tab, a stream of figures, and what is made of them. */
import { createActions } from './actions.js';
import { createCharts } from './charts.js';
import { byId, setText } from './dom.js';
import { createPanels } from './panels.js';
import { listen } from './stream.js';

const STORED = 'larder-token';
const CONNECTION = { live: 'Live', waiting: 'Connecting again', locked: 'Signed out' };

const charts = createCharts();
const show = createPanels();
const dialog = byId('sign-in-dialog');
let token = sessionStorage.getItem(STORED);
let stop = () => undefined;
let signedIn = () => undefined;

function begin() {
  stop();
  stop = listen(token, {
    history: charts.begin,
    tick({ point, ...report }) {
      charts.add(point);
      show(report);
    },
    state: connectionIs,
  });
}

function connectionIs(state, message) {
  const pill = byId('connection');
  if (pill.dataset.state !== state) {
    pill.dataset.state = state;
    setText(byId('connection-text'), CONNECTION[state]);
  }
  if (state === 'waiting') return;
  const isLocked = state === 'locked';
  byId('locked').hidden = !isLocked;
  byId('figures').hidden = isLocked;
  byId('sign-out').hidden = !token || isLocked;
  byId('sign-in').hidden = Boolean(token) && !isLocked;
  if (!isLocked) {
    if (!token) return;
    sessionStorage.setItem(STORED, token);
    if (dialog.open) dialog.close('in');
    return;
  }
  forget();
  if (dialog.open) setText(byId('sign-in-error'), message);
}

function forget() {
  token = null;
  sessionStorage.removeItem(STORED);
}

/** Resolves with whether there is a token that the server takes. */
function signIn() {
  setText(byId('sign-in-error'), '');
  dialog.showModal();
  byId('token').focus();
  return new Promise((resolve) => (signedIn = resolve));
}

for (const id of ['sign-in', 'sign-in-locked']) byId(id).addEventListener('click', () => void signIn());
byId('sign-out').addEventListener('click', () => {
  forget();
  byId('sign-out').hidden = true;
  byId('sign-in').hidden = false;
  byId('sign-in').focus();
  begin();
});
byId('sign-in-form').addEventListener('submit', (event) => {
  event.preventDefault();
  token = byId('token')
    .value.trim()
    .replace(/^Bearer +/i, '');
  begin();
});
dialog.addEventListener('close', () => {
  byId('token').value = '';
  signedIn(dialog.returnValue === 'in');
  dialog.returnValue = '';
});
for (const button of document.querySelectorAll('[data-close]'))
  button.addEventListener('click', () => button.closest('dialog').close());

createActions({ token: () => token, signIn });
begin();
