/**
 * Soundness of tracking: after every write, each answer that the cache has must be the one that a fresh execution gives.
 * Random operations from our own schema over small random data; random writes by mutation and past the API.
 *
 *     tsx test/prove/soundness.ts --cases 100000 --seed 1 [--engine envelop]
 */
import { Random } from '../../src/data/seed/random.js';
import { type Ask, type Viewer, viewerName } from './asking.js';
import { rowsOf } from './data/rows.js';
import { readContract } from './operations/contract.js';
import { Coverage } from './operations/coverage.js';
import { Cursors } from './operations/cursors.js';
import type { Source } from './operations/source.js';
import { type CreateDatabase, type ProofOptions, asProof, createProgress, percent, wasTried } from './program.js';
import { type Aim, Aimed, aimsOf } from './soundness/aims.js';
import { type Question, askedAnew, drawQuestion, learn, mayBeKept } from './soundness/pool.js';
import { START, shrink } from './soundness/shrink.js';
import { wrongByTriggers } from './soundness/wrong-by-triggers.js';
import { Stage } from './stage.js';
import type { Verdict } from './verdict.js';
import { drawWrite } from './writes/draw-write.js';
import { Tally } from './writes/tally.js';
import type { Write } from './writes/write.js';

/** Questions that are kept warm. A few of them give way to new ones with each write. */
const POOL = 6;
/** Then the marketplace is made anew, itself a write that everything must notice. */
const WRITES_PER_LIFE = 60;
/** Of each of these there must be some, or there is little to ask. */
const NEEDED = ['Agent', 'Template', 'Workspace', 'WorkspaceMember', 'Nft', 'Wallet', 'Ownership', 'Category'] as const;
const SELDOM = 5;
/** Cases in which all of the schema is to be asked for. */
const ENOUGH = 5_000;

interface SoundnessNumbers extends Record<string, unknown> {
  engine: string;
  seed: string;
  /** Answers that the cache had, compared after a write. */
  cases: number;
  differences: number;
  hits: number;
  /** Answers that the cache had before a write and not after it, and how many of them would really have been others. */
  invalidated: number;
  changed: number;
  /** Different statements of the answers, table by table, that were aimed at. */
  aims: number;
  /** By kind: how many came to what. */
  writes: Record<string, string>;
  /** Fields that were in less than five answers with something in them. */
  seldomAnswered: string[];
  seconds: number;
  /** The first one, and the smallest that was found to show the same; or counters that are wrong, and what was written before. */
  failure: object | null;
}

/** `ok` also means that the whole schema was asked for. */
export interface SoundnessVerdict extends Verdict {
  numbers: SoundnessNumbers;
}

export interface SoundnessOptions extends ProofOptions {
  /** A cache in front of the app, to see that a careless one is caught. */
  through?: (ask: Ask) => Ask;
}

export async function proveSoundness(
  options: SoundnessOptions,
  createDatabase: CreateDatabase,
): Promise<SoundnessVerdict> {
  const stage = await Stage.open(await createDatabase(), options);
  try {
    return await new Soundness(stage, options).run();
  } finally {
    await stage.close();
  }
}

interface Difference {
  question: Question;
  cached: string;
  fresh: string;
}

class Soundness {
  readonly #schema = readContract();
  readonly #cursors = new Cursors();
  readonly #coverage = new Coverage(this.#schema);
  readonly #random: Random;
  readonly #pool: Question[] = [];
  readonly #tally = new Tally();
  readonly #numbers: SoundnessNumbers;
  /** Since the marketplace was made anew. */
  #writes: Write[] = [];
  #source!: Source;
  readonly #aimed = new Aimed();
  #aimedAt: Question | null = null;

  constructor(
    private readonly stage: Stage,
    private readonly options: SoundnessOptions,
  ) {
    const { engine, seed } = options;
    this.#random = new Random(seed, 'soundness');
    this.#numbers = {
      ...{ engine, seed, cases: 0, differences: 0, hits: 0, invalidated: 0, changed: 0 },
      ...{ aims: 0, writes: {}, seldomAnswered: [], seconds: 0, failure: null },
    };
  }

  async run(): Promise<SoundnessVerdict> {
    const started = performance.now();
    const progress = createProgress('soundness', this.options.cases);
    const numbers = this.#numbers;
    await this.#lookAround();
    while (numbers.cases < this.options.cases) {
      await this.#renewPool();
      const write = await this.#write();
      await this.stage.caughtUp();
      const differences = await Promise.all(this.#pool.map((question) => this.#compare(question)));
      const [first, ...others] = differences.filter((difference) => difference !== null);
      if (first) {
        numbers.differences += 1 + others.length;
        await this.#fail(first, write);
        break;
      }
      if (numbers.failure !== null) break;
      await this.#lookAround();
      progress(
        numbers.cases,
        `${numbers.hits} hits, ${numbers.invalidated} invalidated, ${numbers.differences} differences`,
      );
    }
    if (numbers.failure === null) await this.#checkCounters();
    numbers.aims = this.#aimed.size;
    numbers.writes = this.#tally.told();
    numbers.seldomAnswered = this.#coverage.below(SELDOM);
    numbers.seconds = Math.round((performance.now() - started) / 1_000);
    return { ok: this.#isShown(), result: this.#told(), numbers };
  }

  #isShown(): boolean {
    const { failure, seldomAnswered, cases } = this.#numbers;
    return failure === null && wasTried(this.#numbers) && (cases < ENOUGH || seldomAnswered.length === 0);
  }

  #told(): string {
    const { cases, hits, invalidated, changed, differences } = this.#numbers;
    const counts = `${cases.toLocaleString('en')} answers after writes, ${hits.toLocaleString('en')} of them hits`;
    const precision = `${invalidated.toLocaleString('en')} invalidated, of which ${percent(changed, invalidated)} had changed`;
    return `${counts}: ${differences} differences; ${precision}`;
  }

  async #lookAround(): Promise<void> {
    const [schema, random, cursors, coverage] = [this.#schema, this.#random, this.#cursors, this.#coverage];
    this.#source = { schema, random, cursors, coverage, rows: await this.stage.rows() };
  }

  /** New ones are asked before the write, so that the cache has them. Those that it would not keep go first. */
  async #renewPool(): Promise<void> {
    const unkept = this.#pool.findIndex(({ kept }) => kept === null);
    const leaving = [unkept, this.#random.int(0, POOL - 1)];
    for (const index of this.#pool.length < POOL ? Array.from({ length: POOL }, (_, index) => index) : leaving)
      if (index >= 0) this.#pool[index] = await this.#ask(this.#newQuestion());
  }

  /** While a transaction is open, also what it was aimed at: an answer that is filled now must not outlive the commit. */
  #newQuestion(): Question {
    const again = this.stage.writer.hasOpen && this.#random.chance(0.7) ? this.#aimedAt : null;
    return again ? askedAnew(again, this.#numbers.cases) : drawQuestion(this.#source);
  }

  async #ask(question: Question): Promise<Question> {
    const { askCached, askFresh, fresh, tables } = this.stage;
    const options = await this.#authorization(question);
    const reply = await askCached(question.operation, options);
    question.kept = mayBeKept(reply) ? reply.text : null;
    const { result, sent } = await fresh.countStatements(() => askFresh(question.operation, options));
    question.aims = aimsOf(question.operation, sent, tables);
    learn(this.#source, question, result);
    return question;
  }

  async #authorization({ viewer }: { viewer: Viewer }) {
    return { authorization: await this.stage.tokens.authorization(viewer) };
  }

  /** Draws until something was written. */
  async #write(): Promise<Write> {
    const { writer, tables } = this.stage;
    if (this.#writes.length >= WRITES_PER_LIFE || this.#isPoor()) {
      await this.#checkCounters();
      this.#writes = [];
      await writer.perform(START);
      return START;
    }
    for (;;) {
      const aim = this.#aim();
      const write = drawWrite(this.#schema, { random: this.#random, tables, rows: this.#source.rows, aim });
      const outcome = await writer.perform(write);
      this.#tally.add(write.title, outcome);
      if (outcome === 'refused' || outcome === 'failed') continue;
      this.#writes.push(write);
      return write;
    }
  }

  /** At the end of a life: what triggers keep is what it should be, or it was written by hand. */
  async #checkCounters(): Promise<void> {
    const { writer, fresh } = this.stage;
    if (writer.hasOpen) await writer.commitOpen();
    const wrong = await wrongByTriggers(fresh.prisma, this.#writes);
    if (Object.keys(wrong).length > 0) this.#numbers.failure = { wrong, writes: this.#writes };
  }

  #aim(): Aim | null {
    const aim = this.#aimed.pick(
      this.#random,
      this.#pool.flatMap(({ aims }) => aims),
    );
    if (!this.stage.writer.hasOpen)
      this.#aimedAt = this.#pool.find(({ aims }) => aims.some(({ statement }) => statement === aim?.statement)) ?? null;
    return aim;
  }

  #isPoor(): boolean {
    return NEEDED.some((table) => rowsOf(this.#source.rows, table).length < 2);
  }

  /** How the answers differ; null if they do not. */
  async #compare(question: Question): Promise<Difference | null> {
    const { stage } = this;
    const numbers = this.#numbers;
    const options = await this.#authorization(question);
    const reply = await stage.askCached(question.operation, options);
    const fresh = await stage.askFresh(question.operation, options);
    if (question.kept !== null) {
      numbers.cases += 1;
      if (reply.cache === 'HIT') numbers.hits += 1;
      if (reply.cache === 'MISS') {
        numbers.invalidated += 1;
        if (fresh.text !== question.kept) numbers.changed += 1;
      }
    }
    question.kept = mayBeKept(reply) ? reply.text : null;
    learn(this.#source, question, fresh);
    return reply.text === fresh.text ? null : { question, cached: reply.text, fresh: fresh.text };
  }

  async #fail({ question: { operation, viewer }, cached, fresh }: Difference, write: Write): Promise<void> {
    const { stage } = this;
    const options = { ...(await this.#authorization({ viewer })), headers: { 'x-cache-explain': '1' } };
    const { explained } = await stage.askCached(operation, options);
    const failing = { operation, viewer, writes: this.#writes };
    const smallest = this.#writes.length > 0 ? await shrink(stage, this.#schema, failing) : null;
    this.#numbers.failure = { viewer: viewerName(viewer), operation, write, cached, fresh, explained, smallest };
  }
}

await asProof(import.meta.url, { ci: 10_000, release: 100_000 }, proveSoundness);
