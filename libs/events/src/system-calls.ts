/**
 * The calls of the system that Node makes for itself and has no name for, through koffi.
 *
 * Each returns what the system returns, or minus the error number.
 */
import { NotSupportedError } from '@interleave/core';
import { bindCLibrary, type CLibrary } from '@interleave/memory';

/** The result, or minus the error number. */
export type SystemCall = (...values: readonly unknown[]) => number;

const DEFINITIONS = {
  socket: 'int socket(int domain, int type, int protocol)',
  socketpair: 'int socketpair(int domain, int type, int protocol, int *ends)',
  bind: 'int bind(int fd, const void *address, unsigned int size)',
  listen: 'int listen(int fd, int backlog)',
  accept: 'int accept4(int fd, void *address, void *size, int flags)',
  connect: 'int connect(int fd, const void *address, unsigned int size)',
  getsockname: 'int getsockname(int fd, void *address, int *size)',
  getsockopt: 'int getsockopt(int fd, int level, int name, int *value, int *size)',
  recv: 'intptr_t recv(int fd, void *buffer, size_t size, int flags)',
  send: 'intptr_t send(int fd, const void *buffer, size_t size, int flags)',
  close: 'int close(int fd)',
  isOpen: 'int fcntl(int fd, int command)',
  select: 'int select(int count, void *read, void *write, void *except, int64_t *timeout)',
  poll: 'int poll(void *descriptors, unsigned long count, int timeout)',
  epollCreate: 'int epoll_create1(int flags)',
  epollControl: 'int epoll_ctl(int epoll, int operation, int fd, void *event)',
  epollWait: 'int epoll_wait(int epoll, void *events, int count, int timeout)',
  pipe: 'int pipe2(int *ends, int flags)',
  duplicate: 'int dup3(int from, int to, int flags)',
} as const;

/** The calls, by their names here. */
export type SystemCalls = Readonly<Record<keyof typeof DEFINITIONS, SystemCall>>;

/** Numbers of errors that are told apart here; the same on every Linux that koffi serves. */
export const EINTR = 4;
export const EBADF = 9;
export const EAGAIN = 11;
export const EPERM = 1;
export const ENOENT = 2;

let loaded: { readonly calls: SystemCalls | undefined } | undefined;

/**
 * The calls. The first time in a thread, it takes 10 ms to load them.
 *
 * @param what - what needs them, for the message: `Cannot ${what}: ...`
 * @throws {NotSupportedError} on other systems than Linux, and without koffi; code `ERR_SYSTEM_CALLS_UNAVAILABLE`
 */
export function systemCalls(what: string): SystemCalls {
  loaded ??= { calls: bindCLibrary(bindAll) };
  if (loaded.calls !== undefined) return loaded.calls;
  throw new NotSupportedError(
    `Cannot ${what}: that needs Linux and the package koffi; install it, or take a DefaultSelector and Node's own sockets`,
    { code: 'ERR_SYSTEM_CALLS_UNAVAILABLE' },
  );
}

function bindAll(library: CLibrary): SystemCalls {
  const bind = (definition: string): SystemCall => {
    const call = library.func(definition);
    return (...values) => {
      const result = call(...values);
      return result >= 0 ? result : -library.errno();
    };
  };
  const calls = Object.entries(DEFINITIONS).map(([name, definition]) => [name, bind(definition)]);
  return Object.fromEntries(calls) as SystemCalls;
}
