/** The @cacheControl directive: how long an answer may be kept, and for whom. Who reads it is no business of the resolvers. */
import { DirectiveLocation, GraphQLBoolean, GraphQLDirective, GraphQLEnumType, GraphQLInt } from 'graphql';

const scope = new GraphQLEnumType({ name: 'CacheControlScope', values: { PUBLIC: {}, PRIVATE: {} } });

export const cacheControl = new GraphQLDirective({
  name: 'cacheControl',
  locations: [
    DirectiveLocation.FIELD_DEFINITION,
    DirectiveLocation.OBJECT,
    DirectiveLocation.INTERFACE,
    DirectiveLocation.UNION,
  ],
  args: {
    maxAge: { type: GraphQLInt },
    scope: { type: scope },
    inheritMaxAge: { type: GraphQLBoolean },
    staleWhileRevalidate: { type: GraphQLInt },
    staleIfError: { type: GraphQLInt },
  },
});
