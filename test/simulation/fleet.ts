/** The instances that run now, and how they come and go. */
import { type Node, startNode } from './node.js';
import { read } from './reading.js';
import type { World } from './world.js';
import { giveUp } from './writing.js';

export interface Fleet {
  /** Those that run, paused ones among them. */
  readonly nodes: readonly Node[];
  /** Those that are sent requests. */
  readonly serving: readonly Node[];
  add(): void;
  kill(node: Node): void;
  /** In good order: no requests any more, then it leaves, then it ends. */
  retire(node: Node): void;
  /** NOTIFY: everyone who listens reads on. */
  notify(): void;
}

/** A new instance is asked everything soon. */
const WARMED_WITHIN_MS = 200;
const ENDS_AT_LATEST_MS = 4_000;

export function createFleet(world: World): Fleet {
  const { scheduler, random } = world;
  let nodes: Node[] = [];

  const kill = (node: Node): void => {
    nodes = nodes.filter((other) => other !== node);
    node.machine.kill();
    for (const transaction of node.transactions) giveUp(world, transaction);
  };

  const notify = (): void => {
    for (const node of nodes) {
      // Over the connection that it listens on, which may be cut.
      void node.link
        .call<null>((reply) => reply(null))
        .then(
          () => node.instance.poll(),
          () => undefined,
        );
    }
  };
  world.listeners.add(notify);

  return {
    get nodes() {
      return nodes;
    },
    get serving() {
      return nodes.filter(({ isServing }) => isServing);
    },
    add() {
      const node = startNode(world);
      nodes.push(node);
      for (const query of world.catalogue.queries)
        scheduler.after(random.between(5, WARMED_WITHIN_MS), () =>
          node.machine.deliver(() => void read(world, node, query)),
        );
    },
    kill,
    retire(node) {
      // Balancers are late to notice at times.
      scheduler.after(random.chance(0.5) ? 0 : random.wait(50), () => (node.isServing = false));
      void node.instance.stop().then(() => {
        scheduler.after(random.wait(50), () => kill(node));
      });
      scheduler.after(ENDS_AT_LATEST_MS, () => kill(node));
    },
    notify,
  };
}
