import { builder } from '../../graphql/builder.js';
import { line, searchText } from '../../graphql/inputs.js';
import { templateBySlug, templates } from './loaders.js';
import { ComplexityEnum, Template, TemplateConnection } from './types.js';

const TemplateFilter = builder.inputType('TemplateFilter', {
  fields: (t) => ({
    search: t.string({ validate: searchText }),
    category: t.string({ validate: line(60) }),
    complexity: t.field({ type: ComplexityEnum }),
    featured: t.boolean(),
  }),
});

const TemplateOrder = builder.enumType('TemplateOrder', { values: ['POPULAR', 'NEWEST', 'NAME'] as const });

builder.queryFields((t) => ({
  template: t.field({
    type: Template,
    nullable: true,
    directives: { cacheControl: { maxAge: 1800, staleWhileRevalidate: 60, staleIfError: 60 } },
    args: { slug: t.arg.string({ required: true, validate: line(60) }) },
    resolve: (_root, { slug }, ctx) => templateBySlug(ctx.db).load(slug),
  }),
  templates: t.connection(
    {
      type: Template,
      directives: { cacheControl: { maxAge: 1800, staleWhileRevalidate: 60, staleIfError: 60 } },
      args: {
        filter: t.arg({ type: TemplateFilter }),
        orderBy: t.arg({ type: TemplateOrder, required: true, defaultValue: 'POPULAR' }),
      },
      resolve: (_root, args, ctx) => templates(ctx.db, null, args),
    },
    ...TemplateConnection,
  ),
}));
