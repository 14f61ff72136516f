/**
 * The few calls of the C library that Node has not: shared memory, futexes and pipes, through koffi.
 *
 * koffi is an optional dependency, and nothing of this works elsewhere than on Linux; where it does not, {@link libc}
 * is undefined and processes share words over a broker instead.
 *
 * No call here runs in koffi's own threads: four parked ones would stop every `fs.readFile` of the process.
 */
import process from 'node:process';
import { bindCLibrary, type CLibrary } from './c-library.js';
import { undisturbed } from './load-gate.js';

/** An address of this process; those of Linux programs are below 2^47. */
export type Address = number;

/** What {@link libc} can do. */
export interface Libc {
  /** New memory without a path, for others to open by `/proc/<pid>/fd/<descriptor>`; nobody can cut it shorter. */
  memoryFile(name: string, size: number): number;
  /** Makes it a part of this process's memory, for good. */
  map(descriptor: number, size: number): Address;
  view(address: Address, size: number): ArrayBuffer;
  /** Sleeps while the word is `value`, for the time at `duration`, at most; may return early for no reason. */
  futexWait(word: Address, value: number, duration: Address): void;
  /** Wakes one that sleeps on the word; whether there was one. */
  futexWake(word: Address): boolean;
  /** One end that is both: what is written to it can be read from it. Never blocks. */
  pipe(): number;
}

const FUTEX_CALL: Partial<Record<NodeJS.Architecture, number>> = { x64: 202, arm64: 98, riscv64: 98, loong64: 98 };
const [FUTEX_WAIT, FUTEX_WAKE] = [0, 1];
const [CLOSE_ON_EXEC, ALLOW_SEALING] = [1, 2];
const [ADD_SEALS, SEAL_SIZE_FOR_EVER] = [1_033, 1 | 2 | 4];
const [READ_WRITE, SHARED] = [1 | 2, 1];
const [OPEN_READ_WRITE, OPEN_NON_BLOCKING, OPEN_CLOSE_ON_EXEC] = [0o2, 0o4000, 0o2000000];

let loaded: { readonly libc: Libc | undefined } | undefined;

/** The C library; undefined where koffi or one of the calls is missing. Takes 10 ms at the first call in a thread. */
export function libc(): Libc | undefined {
  loaded ??= { libc: load() };
  return loaded.libc;
}

function load(): Libc | undefined {
  const futexCall = FUTEX_CALL[process.arch];
  return futexCall === undefined ? undefined : bindCLibrary((library) => bind(library, futexCall));
}

function bind(library: CLibrary, futexCall: number): Libc {
  const memfdCreate = library.func('int memfd_create(const char *name, unsigned int flags)');
  const ftruncate = library.func('int ftruncate(int fd, int64_t length)');
  const fcntl = library.func('int fcntl(int fd, int command, ...)');
  const mmap = library.func('intptr_t mmap(intptr_t at, size_t length, int access, int flags, int fd, int64_t from)');
  const futex = library.func('long syscall(long number, intptr_t word, int what, int value, intptr_t duration)');
  const pipe2 = library.func('int pipe2(int *ends, int flags)');
  const open = library.func('int open(const char *path, int flags)');
  const close = library.func('int close(int fd)');
  const checked = (result: number, what: string): number => {
    if (result >= 0) return result;
    throw new Error(`Cannot share memory: ${what} failed with error number ${library.errno()}`);
  };
  return {
    memoryFile(name, size) {
      // Made by koffi and not by `fs`: what a worker opens with `fs` is closed when the worker ends.
      const descriptor = checked(memfdCreate(name, CLOSE_ON_EXEC | ALLOW_SEALING), 'memfd_create');
      checked(ftruncate(descriptor, size), 'ftruncate');
      checked(fcntl(descriptor, ADD_SEALS, 'int', SEAL_SIZE_FOR_EVER), 'fcntl');
      return descriptor;
    },
    map: (descriptor, size) => checked(mmap(0, size, READ_WRITE, SHARED, descriptor, 0), 'mmap'),
    view: (address, size) => undisturbed(() => library.view(address, size)),
    futexWait: (word, value, duration) => void futex(futexCall, word, FUTEX_WAIT, value, duration),
    futexWake: (word) => futex(futexCall, word, FUTEX_WAKE, 1, 0) > 0,
    pipe() {
      const ends = new Int32Array(2);
      checked(pipe2(ends, OPEN_CLOSE_ON_EXEC), 'pipe2');
      const both = open(`/proc/self/fd/${ends[0]}`, OPEN_READ_WRITE | OPEN_NON_BLOCKING | OPEN_CLOSE_ON_EXEC);
      for (const end of ends) close(end);
      return checked(both, 'open');
    },
  };
}
