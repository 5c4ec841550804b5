/** What `Query.search` finds. A slice registers its model here, so that the search slice needs to know no other. */
import type { ModelRow } from './models.js';
import type { Searchable } from './search-condition.js';

export type SearchableModel = keyof ModelRow;

const searchables = new Map<SearchableModel, Searchable>();

/**
 * Makes the rows of a model findable. The model must be a node (see node.ts: its rows are fetched as nodes are), a member
 * of SearchResult and a value of SearchType in the contract.
 */
export function registerSearchable(model: SearchableModel, searchable: Searchable): void {
  searchables.set(model, searchable);
}

export const searchableModels = (): SearchableModel[] => [...searchables.keys()];

export function searchableOf(model: SearchableModel): Searchable {
  const searchable = searchables.get(model);
  if (!searchable) throw new Error(`${model} is not searchable: its slice must call registerSearchable().`);
  return searchable;
}
