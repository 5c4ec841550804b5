/** Users and their wallets. User 1 is `demo`, whose token any developer can make; wallets 1 and 2 are theirs. */
import { type Batch, type Tables, batches } from '../insert-rows.js';
import { type Plan, createSlugs, daysAfter, ids, image } from './plan.js';
import { FIRST_NAMES, LAST_NAMES } from './words/people.js';

const DEMO = { username: 'demo', displayName: 'Demo' };

export function* people(plan: Plan): Generator<Batch> {
  yield* batches('User', users(plan));
  yield* batches('Wallet', wallets(plan));
}

function* users(plan: Plan): Generator<Tables['User']> {
  const random = plan.random('users');
  const slugOf = createSlugs();
  let fid = 200;
  for (const id of ids(plan.users)) {
    const displayName = `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`;
    const user = id === 1 ? DEMO : { username: slugOf(displayName).slug, displayName };
    fid += random.int(1, 900);
    yield {
      id,
      subject: user.username,
      ...user,
      avatarUrl: id === 1 || random.chance(0.9) ? image(`avatars/${user.username}.png`) : null,
      fid: id === 1 || random.chance(0.85) ? fid : null,
      createdAt: random.moment(daysAfter(plan.from, -365), daysAfter(plan.until, -1)),
    };
  }
}

function* wallets(plan: Plan): Generator<Tables['Wallet']> {
  const random = plan.random('wallets');
  for (const id of ids(plan.wallets)) {
    const linked = random.chance(0.75) ? random.int(2, plan.users) : null;
    yield {
      id,
      address: `0x${random.hex(20)}`,
      userId: id <= 2 ? 1 : linked,
      createdAt: random.moment(daysAfter(plan.from, -365), plan.from),
    };
  }
}
