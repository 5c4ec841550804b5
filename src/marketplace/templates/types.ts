import { builder } from '../../graphql/builder.js';
import { connectionOf } from '../../graphql/connection.js';
import { registerNode } from '../../graphql/node.js';
import { registerSearchable } from '../../graphql/searchable.js';
import { Complexity } from '../../platform/prisma/enums.js';
import { SEARCHABLE, stepsByTemplateId, templateById, templatesOfAgent } from './loaders.js';

export const ComplexityEnum = builder.enumType(Complexity, { name: 'Complexity' });

const TemplateStep = builder.prismaObject('TemplateStep', {
  fields: (t) => ({
    position: t.exposeInt('position'),
    title: t.exposeString('title'),
    instruction: t.exposeString('instruction'),
  }),
});

export const Template = builder.prismaNode('Template', {
  id: { field: 'id' },
  directives: { cacheControl: { maxAge: 1800 } },
  fields: (t) => ({
    slug: t.exposeString('slug'),
    name: t.exposeString('name'),
    description: t.exposeString('description'),
    category: t.exposeString('category'),
    complexity: t.expose('complexity', { type: ComplexityEnum }),
    featured: t.exposeBoolean('featured'),
    steps: t.field({ type: [TemplateStep], resolve: ({ id }, _args, ctx) => stepsByTemplateId(ctx.db).load(id) }),
    useCount: t.exposeInt('useCount'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
});
registerNode('Template', (ctx, id) => templateById(ctx.db).load(id));
registerSearchable('Template', SEARCHABLE);

export const TemplateConnection = connectionOf(Template, 'Template');

// The templates that use an agent.
builder.prismaObjectFields('Agent', (t) => ({
  templates: t.connection(
    { type: Template, resolve: ({ id }, args, ctx) => templatesOfAgent(ctx.db, id, args) },
    ...TemplateConnection,
  ),
}));
