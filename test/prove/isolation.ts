/**
 * Isolation: nobody is shown what is another's. A canary stands in every private field; random users ask random operations, under random
 * headers, many at once, while memberships change. Whoever gets a canary that they may not see, or any answer but their own, is a failure.
 *
 *     tsx test/prove/isolation.ts --cases 100000 --seed 1 [--engine envelop]
 */
import { Random } from '../../src/data/seed/random.js';
import { type Ask, type Reply, viewerName } from './asking.js';
import { Canaries, PLANT_CANARIES } from './isolation/canaries.js';
import { type Asker, drawAsker, drawHeaders } from './isolation/askers.js';
import { readContract } from './operations/contract.js';
import { Coverage } from './operations/coverage.js';
import { Cursors } from './operations/cursors.js';
import { type Wish, drawOperation } from './operations/draw-operation.js';
import type { Operation } from './operations/operation.js';
import type { Source } from './operations/source.js';
import { type CreateDatabase, type ProofOptions, asProof, createProgress, wasTried } from './program.js';
import { Stage } from './stage.js';
import type { Verdict } from './verdict.js';

const AT_ONCE = 16;
/** Few enough that the same is asked by different people, and at the same moment. */
const OPERATIONS = 30;
/** After so many requests memberships change, and a third of the operations are new. */
const SHIFT = 320;
const KEPT_ETAGS = 50;
const WISHES: readonly Wish[] = [
  {
    towards: [
      'Workspace.name',
      'Workspace.slug',
      'Workspace.createdAt',
      'WorkspaceMember.createdAt',
      'Installation.createdAt',
    ],
  },
  { roots: ['viewer', 'workspace', 'node', 'nodes', 'user', 'agent', 'trendingAgents'] },
  {},
];

export interface IsolationOptions extends ProofOptions {
  /** A cache in front of the app, to see that a careless one is caught. */
  through?: (ask: Ask) => Ask;
}

export interface IsolationVerdict extends Verdict {
  numbers: {
    engine: string;
    seed: string;
    /** Requests that were answered, and how many of them with canaries that their asker may see. */
    cases: number;
    private: number;
    hits: number;
    impostors: number;
    notModified: number;
    seconds: number;
    failure: object | null;
  };
}

export async function proveIsolation(
  options: IsolationOptions,
  createDatabase: CreateDatabase,
): Promise<IsolationVerdict> {
  const stage = await Stage.open(await createDatabase(), { ...options, more: PLANT_CANARIES });
  try {
    return await new Isolation(stage, options).run();
  } finally {
    await stage.close();
  }
}

class Isolation {
  readonly #schema = readContract();
  readonly #random: Random;
  readonly #operations: Operation[] = [];
  readonly #numbers: IsolationVerdict['numbers'];
  /** Answers by their ETag, as somebody got them. */
  readonly #etags = new Map<string, string>();
  /** What each viewer is to be told, until something is written. */
  readonly #truths = new Map<string, Promise<Reply>>();
  #canaries!: Canaries;
  #source!: Source;

  constructor(
    private readonly stage: Stage,
    private readonly options: IsolationOptions,
  ) {
    const { engine, seed } = options;
    this.#random = new Random(seed, 'isolation');
    this.#numbers = {
      ...{ engine, seed, cases: 0, private: 0, hits: 0, impostors: 0, notModified: 0, seconds: 0 },
      failure: null,
    };
  }

  async run(): Promise<IsolationVerdict> {
    const started = performance.now();
    const numbers = this.#numbers;
    const progress = createProgress('isolation', this.options.cases);
    while (numbers.cases < this.options.cases && !numbers.failure) {
      if (numbers.cases % SHIFT === 0) await this.#shift();
      const asked = this.#random.distinct(3, OPERATIONS, () => this.#random.pick(this.#operations));
      const askers = await Promise.all(
        Array.from({ length: AT_ONCE }, () => drawAsker(this.#random, this.stage.tokens)),
      );
      await Promise.all(askers.map((asker) => this.#try(this.#random.pick(asked), asker)));
      progress(numbers.cases, `${numbers.private} with private parts, ${numbers.hits} hits`);
    }
    numbers.seconds = Math.round((performance.now() - started) / 1_000);
    return { ok: numbers.failure === null && wasTried(numbers), result: this.#told(), numbers };
  }

  #told(): string {
    const { cases, private: own, hits, failure } = this.#numbers;
    const counts = `${cases.toLocaleString('en')} requests, ${hits.toLocaleString('en')} hits, ${own.toLocaleString('en')} with canaries of their own`;
    return `${counts}: ${failure ? 'a foreign answer' : '0 foreign canaries'}`;
  }

  /** Somebody joins a workspace, somebody leaves one, and somebody installs something. */
  async #shift(): Promise<void> {
    const { writer } = this.stage;
    const user = this.#random.int(1, 5);
    const [joined, left] = [this.#random.int(1, 4), this.#random.int(1, 4)];
    const statements = [
      `DELETE FROM "WorkspaceMember" WHERE "workspaceId" = ${left} AND "userId" = ${user}`,
      `INSERT INTO "WorkspaceMember" ("workspaceId", "userId") VALUES (${joined}, ${user}) ON CONFLICT DO NOTHING`,
      `UPDATE "Installation" SET "workspaceId" = ${joined} WHERE id = ${this.#random.int(1, 12)} AND NOT EXISTS
         (SELECT FROM "Installation" AS other WHERE other."workspaceId" = ${joined} AND other."agentId" = "Installation"."agentId")`,
      ...PLANT_CANARIES,
    ];
    await writer.perform({ kind: 'sql', title: 'members come and go', statements, staysOpen: 0 });
    await this.stage.caughtUp();
    this.#truths.clear();
    const rows = await this.stage.rows();
    this.#canaries = new Canaries(rows);
    const [schema, random] = [this.#schema, this.#random];
    this.#source = { schema, random, rows, cursors: new Cursors(), coverage: new Coverage(schema) };
    for (let index = 0; index < OPERATIONS; index += 1) {
      if (this.#operations[index] && !random.chance(1 / 3)) continue;
      this.#operations[index] = drawOperation(this.#source, random.pick(WISHES));
    }
  }

  async #try(operation: Operation, asker: Asker): Promise<void> {
    const { viewer, isImpostor, authorization } = asker;
    const asked = { authorization, ...drawHeaders(this.#random, [...this.#etags.keys()]) };
    const [reply, truth] = await Promise.all([this.stage.askCached(operation, asked), this.#truthOf(operation, asker)]);
    const numbers = this.#numbers;
    numbers.cases += 1;
    if (reply.cache === 'HIT') numbers.hits += 1;
    const fault = isImpostor ? faultForImpostor(reply) : this.#faultOf(reply, truth, asker);
    if (isImpostor) numbers.impostors += 1;
    else if (this.#canaries.in(truth.body).length > 0) numbers.private += 1;
    if (fault !== null)
      numbers.failure ??= { fault, viewer: viewerName(viewer), asked, operation, reply: reply.body, truth: truth.text };
    this.#remember(reply);
  }

  #faultOf(reply: Reply, truth: Reply, { viewer }: Asker): string | null {
    const foreign = this.#canaries.foreignIn(reply.body, viewer);
    if (foreign.length > 0) return `${viewerName(viewer)} was shown ${foreign.join(', ')}`;
    if (reply.status === 304) return this.#faultOfNotModified(reply, truth);
    if (reply.text !== truth.text) return `${viewerName(viewer)} was given an answer that is not theirs`;
    const forAll = /public|s-maxage/.test(reply.headers.get('cache-control') ?? '');
    if (forAll && this.#canaries.in(reply.body).length > 0) return 'proxies were told to keep a private answer for all';
    return null;
  }

  /** Who is told that nothing has changed must have the very answer already that they would get. */
  #faultOfNotModified({ headers }: Reply, truth: Reply): string | null {
    this.#numbers.notModified += 1;
    const held = this.#etags.get(headers.get('etag') ?? '');
    return held === truth.text ? null : 'a 304 stands for an answer that is not theirs';
  }

  #truthOf(operation: Operation, { viewer }: Asker): Promise<Reply> {
    const key = `${viewerName(viewer)} ${JSON.stringify(operation)}`;
    const truth =
      this.#truths.get(key) ??
      this.stage.tokens
        .authorization(viewer)
        .then((authorization) => this.stage.askFresh(operation, { authorization }));
    this.#truths.set(key, truth);
    return truth;
  }

  #remember({ headers, status, text }: Reply): void {
    const etag = headers.get('etag');
    if (etag === null || status !== 200) return;
    this.#etags.set(etag, text);
    const [oldest] = this.#etags.keys();
    if (this.#etags.size > KEPT_ETAGS && oldest !== undefined) this.#etags.delete(oldest);
  }
}

/** Refused as a whole, whatever the cache holds. */
function faultForImpostor({ status, data, body }: Reply): string | null {
  return status === 401 && data === null
    ? null
    : `a token that is none was answered with ${status}: ${body.slice(0, 200)}`;
}

await asProof(import.meta.url, { ci: 10_000, release: 100_000 }, proveIsolation);
