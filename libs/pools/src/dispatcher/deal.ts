import { LONGEST, type Lookout } from '../lookout.js';
import type { TaskQueue } from '../task-queue.js';
import type { Claims } from './claims.js';
import type { PoolTask } from './pool-task.js';
import { sendTasks } from './send-tasks.js';
import type { Slots } from './slots.js';
import type { WorkerLink } from './worker-link.js';

/** What {@link deal} deals from and to. */
export interface Table {
  readonly queue: TaskQueue<PoolTask>;
  readonly links: ReadonlySet<WorkerLink>;
  readonly slots: Slots;
  readonly claims: Claims | undefined;
  /** Where there is a processor for it. */
  readonly lookout: Lookout | undefined;
  /** Whether nothing is sent any more. */
  readonly closed: () => boolean;
  /** Called for a task that turns out not to be sendable; the others are sent. */
  readonly unsent: (task: PoolTask, error: unknown) => void;
}

/**
 * Sends the tasks that wait to the workers that take them, to the one with the least to do first.
 *
 * @internal
 * @param may - asked before each message; false ends the round
 */
export function deal(table: Table, may?: (link: WorkerLink) => boolean): void {
  const { queue, links, slots, claims, unsent } = table;
  for (let next = queue.peek(); next !== undefined; next = queue.peek()) {
    const link = freest(links, next);
    if (link === undefined || table.closed() || may?.(link) === false) return;
    // Half of an even share, so that what is left can go where it gets done first.
    let share = Math.max(1, Math.ceil(queue.size / (2 * links.size)));
    const tasks: PoolTask[] = [];
    for (let task: PoolTask | undefined = next; task !== undefined && share > 0; share -= 1) {
      if (task !== next && !link.accepts(task)) break;
      const slot = slots.take(task, link);
      if (slot === undefined) break;
      queue.remove(task);
      claims?.offer(slot);
      link.add(task, slot);
      tasks.push(task);
      task = queue.peek();
    }
    if (tasks.length === 0) return;
    const pays = tasks.length === 1 && lookoutPays(table, link);
    sendTasks(link, tasks, unsent, pays);
    if (pays) table.lookout?.expect(performance.now());
  }
}

/** Whether a short task is all that is on its way, so that both sides would only wait for each other. */
function lookoutPays({ queue, links, lookout }: Table, link: WorkerLink): boolean {
  if (lookout === undefined || !link.ready || queue.size > 0 || link.inFlight > 1) return false;
  if (link.load > LONGEST) return false;
  for (const each of links) if (each !== link && each.inFlight > 0) return false;
  return true;
}

function freest(links: ReadonlySet<WorkerLink>, task: PoolTask): WorkerLink | undefined {
  let best: WorkerLink | undefined;
  let anyReady = false;
  for (const link of links) {
    anyReady ||= link.ready;
    if (link.accepts(task) && (best === undefined || link.load < best.load)) best = link;
  }
  if (anyReady) return best;
  // Nobody is up yet. A task that is there when its worker comes up begins a round trip earlier.
  for (const link of links) if (link.acceptsEarly(task)) return link;
  return undefined;
}
