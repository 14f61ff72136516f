import { createRequire } from 'node:module';
import process from 'node:process';
import { undisturbed } from './load-gate.js';

/** A function of the C library. */
export type CFunction = (...values: readonly unknown[]) => number;

/** The C library of this process, through koffi. */
export interface CLibrary {
  /**
   * @param definition - as in C: `int close(int fd)`. Where a pointer stands, pass an array of numbers
   * @throws {Error} if there is no such function
   */
  func(definition: string): CFunction;
  /** The error number of the last call; ask at once. */
  errno(): number;
  /** Memory at an address, as a buffer. */
  view(address: number, size: number): ArrayBuffer;
}

type Koffi = Omit<CLibrary, 'func'> & { load(path: null): Pick<CLibrary, 'func'> };

/** Where numbers have the same order and the constants of system calls the same values. */
const ARCHITECTURES: readonly string[] = ['x64', 'arm64', 'riscv64', 'loong64'];

/**
 * Looks functions of the C library up, for the few things that Node has no call for.
 *
 * koffi is an optional dependency, and cannot stand that its thread is terminated while it loads: this is the one place that
 * loads it, behind the gate that `terminate()` of a worker waits at. It takes 10 ms at the first call in a thread.
 *
 * @param bind - looks up what is needed, and throws if something is missing; it must not keep the library for later look-ups
 * @returns what `bind` returned; undefined on other systems than Linux, without koffi, or if `bind` threw
 *
 * @example
 * ```ts
 * const pid = bindCLibrary((library) => library.func('int getpid()'))?.();
 * ```
 */
export function bindCLibrary<T>(bind: (library: CLibrary) => T): T | undefined {
  if (process.platform !== 'linux' || !ARCHITECTURES.includes(process.arch)) return undefined;
  try {
    return undisturbed(() => {
      const koffi = createRequire(import.meta.url)('koffi') as Koffi;
      const library = koffi.load(null);
      return bind({
        func: (definition) => library.func(definition),
        errno: () => koffi.errno(),
        view: (address, size) => koffi.view(address, size),
      });
    });
  } catch {
    return undefined;
  }
}
