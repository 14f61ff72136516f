/**
 * Where a function or a value travels to: another thread of this process, or another process of this machine.
 *
 * Most things travel to both. What shares memory (a `SharedArrayBuffer`) or moves a port (a `MessagePort`) travels to
 * a thread only.
 */
export type Ground = 'thread' | 'process';
