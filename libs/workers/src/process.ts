import { Child, type ChildOptions } from './child.js';

/**
 * A process of its own that runs a function, Python's `multiprocessing.Process`.
 *
 * Use it for something that runs beside you for a while, or that may crash or leak; for many short tasks, a pool of
 * `@interleave/pools` is quicker and hands you results. It shares nothing with you but what it is given, and a crash stays
 * in it. A `Thread` starts quicker and can share memory.
 *
 * What it prints appears where you print. An error that it does not catch is printed with its stack, and gives exit code
 * 1. It ignores Ctrl-C, which is yours to answer, and it does not outlive you, however you end.
 *
 * It ends when its target is done and nothing else keeps it busy, as any Node program. You end when your children have,
 * except for daemons; `process.exit()` waits for nobody.
 *
 * @example
 * ```ts
 * const greet = (name: string) => console.log(`hello ${name} from ${currentProcess().name}`);
 * const child = new Process({ target: greet, args: ['bob'] });
 * child.start();
 * await child.join();
 * child.exitCode; // 0
 * ```
 * @example With a class:
 * ```ts
 * class Greeter extends Process {
 *   constructor(readonly who: string) {
 *     super();
 *   }
 *   override run() {
 *     console.log(`hello ${this.who} from ${this.name}`); // hello bob from Greeter-1
 *   }
 * }
 * new Greeter('bob').start();
 * ```
 */
export class Process<A extends unknown[] = unknown[]> extends Child<A> {
  /**
   * @param options - what it does, with which arguments, its name, whether it is a daemon
   * @throws {TypeError} if an option has the wrong type
   */
  constructor(options: ChildOptions<A> = {}) {
    super('process', options, new.target.name || 'Process');
  }
}
