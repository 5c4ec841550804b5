/** Categories, agents, and what people say of these. */
import { type Batch, type Tables, batches } from '../insert-rows.js';
import { type Plan, createSlugs, daysAfter, ids, image } from './plan.js';
import type { Random } from './random.js';
import { CATEGORIES, type CategoryWords, HABITS, ROLES } from './words/categories.js';
import { moodOf } from './words/reviews.js';
import { createZipf } from './zipf.js';

const PRICINGS = ['FREE', 'FREE', 'FREE', 'FREE', 'FREEMIUM', 'FREEMIUM', 'PAID', 'SUBSCRIPTION'] as const;
const PRICES = ['4.00', '9.00', '19.00', '29.00', '49.00', '99.00'];
const REVIEWS_PER_AGENT = 7;
/** What reviewers give agents of each quality. */
const RATINGS = [
  [5, 5, 5, 5, 4, 4, 3],
  [5, 5, 4, 4, 4, 3, 2],
  [5, 4, 3, 3, 2, 2, 1],
] as const;

/** Agents take the categories in turn. */
const categoryOfAgent = (agentId: number): CategoryWords => CATEGORIES[(agentId - 1) % CATEGORIES.length]!;

export function publishedAgents(plan: Plan): Date[] {
  const random = plan.random('publication of agents');
  return ids(plan.agents).map(() => random.moment(plan.from, daysAfter(plan.until, -3)));
}

/** The first two users in ten write the agents and templates; demo the first of each. */
export const drawAuthor = (plan: Plan, id: number, random: Random): number =>
  id === 1 ? 1 : random.int(1, Math.ceil(plan.users / 5));

export function* agents(plan: Plan): Generator<Batch> {
  yield* batches(
    'Category',
    CATEGORIES.map(({ slug, name }) => ({ slug, name })),
  );
  const rows = [...agentRows(plan)];
  yield* batches('Agent', rows);
  yield* batches('Review', reviews(plan, rows));
}

type AgentRow = Tables['Agent'] & { id: number; createdAt: Date };

function* agentRows(plan: Plan): Generator<AgentRow> {
  const random = plan.random('agents');
  const published = publishedAgents(plan);
  const slugOf = createSlugs();
  for (const id of ids(plan.agents)) {
    const { slug: category, subjects, deeds } = categoryOfAgent(id);
    const { name, slug } = slugOf(`${random.pick(subjects)} ${random.pick(ROLES)}`);
    const tagline = random.pick(deeds);
    const pricing = random.pick(PRICINGS);
    yield {
      id,
      slug,
      name,
      tagline,
      description: [tagline, ...random.distinct(2, HABITS.length, () => random.pick(HABITS))].join(' '),
      category,
      imageUrl: image(`agents/${slug}.png`),
      featured: random.chance(0.06),
      pricing,
      price: pricing === 'PAID' || pricing === 'SUBSCRIPTION' ? random.pick(PRICES) : null,
      authorId: drawAuthor(plan, id, random),
      createdAt: published[id - 1]!,
    };
  }
}

function* reviews(plan: Plan, agents: readonly AgentRow[]): Generator<Tables['Review']> {
  const random = plan.random('reviews');
  const zipf = createZipf(plan.agents);
  let id = 0;
  for (const [place, agentId] of plan.ranking('agents', plan.agents).entries()) {
    const agent = agents[agentId - 1]!;
    const ratings = random.pick(RATINGS);
    const wanted = zipf.share(place, plan.agents * REVIEWS_PER_AGENT);
    for (const authorId of random.distinct(wanted, plan.users, () => random.int(1, plan.users))) {
      // Nobody reviews an agent of their own.
      if (authorId === agent.authorId) continue;
      const rating = random.pick(ratings);
      yield {
        id: (id += 1),
        agentId,
        authorId,
        rating,
        comment: comment(agent.name, rating, random),
        createdAt: random.moment(agent.createdAt, plan.until),
      };
    }
  }
}

function comment(name: string, rating: number, random: Random): string {
  if (random.chance(0.15)) return '';
  const { openings, details } = moodOf(rating);
  const opening = random.pick(openings).replace('%', name);
  return random.chance(0.7) ? `${opening} ${random.pick(details)}` : opening;
}
