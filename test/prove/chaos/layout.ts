/** Which data there is, and which register each has. */
const SIZES = {
  agents: 80,
  outOfBand: 20,
  users: 10,
  collections: 5,
  templates: 10,
  workspaces: 10,
} as const;

export const AGENTS = SIZES.agents;
/** Agents that are only written past the API. */
export const OUT_OF_BAND = SIZES.outOfBand;
/** Agents that make statements touch very many rows. */
export const FILLERS = 220;
export const USERS = SIZES.users;
export const COLLECTIONS = SIZES.collections;
export const TEMPLATES = SIZES.templates;
export const WORKSPACES = SIZES.workspaces;
export const CATEGORIES = 4;
export const STEPS = 3;

let next = 0;
const range = (length: number): ((index: number) => number) => {
  const from = next;
  next += length;
  return (index) => from + index;
};

export const keyOf = {
  agent: range(AGENTS),
  outOfBand: range(OUT_OF_BAND),
  user: range(USERS),
  collection: range(COLLECTIONS),
  template: range(TEMPLATES),
  installs: range(AGENTS),
  workspace: range(WORKSPACES),
  births: range(1),
};
export const REGISTERS = next;

export const FIRST_OUT_OF_BAND = keyOf.outOfBand(0);
export const isOutOfBand = (key: number): boolean => key >= FIRST_OUT_OF_BAND && key < FIRST_OUT_OF_BAND + OUT_OF_BAND;
export const BIRTHS = keyOf.births(0);

/** Who wrote an agent, or belongs to a workspace. */
export const userOf = (index: number): number => index % USERS;
export const categoryOf = (agent: number): string => `category-${agent % CATEGORIES}`;
export const agentsOfTemplate = (template: number): number[] =>
  Array.from({ length: STEPS }, (_, step) => (template * STEPS + step) % AGENTS);
export const membersOf = (category: number): number[] =>
  Array.from({ length: AGENTS }, (_, agent) => agent).filter((agent) => agent % CATEGORIES === category);

/** Ids of the API, and tokens: what only who filled the database knows. */
export interface Ids {
  agents: readonly string[];
  templates: readonly string[];
  collections: readonly string[];
  workspaces: readonly string[];
  /** Of the users, in order. */
  tokens: readonly string[];
  admin: string;
}
