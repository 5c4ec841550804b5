/** Templates, their steps, and who started from them. */
import { type Batch, type Tables, batches } from '../insert-rows.js';
import { drawAuthor } from './agents.js';
import { type Plan, createSlugs, daysAfter, ids } from './plan.js';
import type { Random } from './random.js';
import { CATEGORIES, type CategoryWords, INSTRUCTIONS, OUTCOMES, RHYTHMS } from './words/categories.js';
import { createZipf } from './zipf.js';

const COMPLEXITIES = ['BEGINNER', 'BEGINNER', 'BEGINNER', 'INTERMEDIATE', 'INTERMEDIATE', 'ADVANCED'] as const;
const USES_PER_TEMPLATE = 20;

type TemplateRow = Tables['Template'] & { id: number; name: string; createdAt: Date };

export function* templates(plan: Plan): Generator<Batch> {
  const rows = [...templateRows(plan)];
  yield* batches('Template', rows);
  yield* batches('TemplateStep', steps(plan, rows));
  yield* batches('TemplateUse', uses(plan, rows));
}

const categoryOf = (templateId: number): CategoryWords => CATEGORIES[(templateId - 1) % CATEGORIES.length]!;

function* templateRows(plan: Plan): Generator<TemplateRow> {
  const random = plan.random('templates');
  const slugOf = createSlugs();
  for (const id of ids(plan.templates)) {
    const { slug: category, subjects, tasks, name: categoryName } = categoryOf(id);
    const { name, slug } = slugOf(`${random.pick(RHYTHMS)} ${random.pick(subjects)} ${random.pick(OUTCOMES)}`);
    yield {
      id,
      slug,
      name,
      description: `A workflow for ${categoryName.toLowerCase()}: from "${tasks[0]}" to "${tasks.at(-1)}", with agents where they help.`,
      category,
      complexity: random.pick(COMPLEXITIES),
      featured: random.chance(0.08),
      authorId: drawAuthor(plan, id, random),
      createdAt: random.moment(plan.from, daysAfter(plan.until, -3)),
    };
  }
}

function* steps(plan: Plan, templates: readonly TemplateRow[]): Generator<Tables['TemplateStep']> {
  const random = plan.random('steps');
  for (const { id } of templates) {
    const { tasks } = categoryOf(id);
    const chosen = new Set(random.distinct(random.int(3, tasks.length), tasks.length, () => random.pick(tasks)));
    // The first step has an agent in any case.
    for (const [index, title] of tasks.filter((task) => chosen.has(task)).entries()) {
      const agentId = index === 0 || random.chance(0.7) ? drawAgent(plan, id, random) : null;
      const instruction = random.pick(INSTRUCTIONS).replace('%', agentId ? 'the agent' : 'somebody on the team');
      yield { templateId: id, position: index + 1, title, instruction: capitalized(instruction), agentId };
    }
  }
}

/** One of the template's category, to which every twelfth agent belongs. */
function drawAgent({ agents }: Plan, templateId: number, random: Random): number {
  const first = (templateId - 1) % CATEGORIES.length;
  return first + 1 + CATEGORIES.length * random.int(0, Math.floor((agents - 1 - first) / CATEGORIES.length));
}

function* uses(plan: Plan, templates: readonly TemplateRow[]): Generator<Tables['TemplateUse']> {
  const random = plan.random('uses');
  const zipf = createZipf(plan.templates);
  let id = 0;
  for (const [place, templateId] of plan.ranking('templates', plan.templates).entries()) {
    const { createdAt } = templates[templateId - 1]!;
    for (let use = zipf.share(place, plan.templates * USES_PER_TEMPLATE); use > 0; use -= 1) {
      const workspaceId = random.chance(0.5) ? random.int(1, plan.workspaces) : null;
      yield {
        id: (id += 1),
        templateId,
        userId: random.int(1, plan.users),
        workspaceId,
        createdAt: random.moment(createdAt, plan.until, true),
      };
    }
  }
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
