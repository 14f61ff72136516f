/**
 * Sees to it that no process outlives the one that started it, however that ends: also by SIGKILL, also while the process
 * is in an endless loop and hears nothing.
 *
 *     this process ── pipe ──> guardian (a small shell) ── when the pipe ends: SIGKILL ──> what is still there
 *
 * The system closes the pipe when this process ends. The guardian knows each process by its number and by the moment it
 * was born, since numbers are given away again. It is there while there are processes, one for all of them.
 *
 * Rejected: a thread in each process that watches the pipe. It works everywhere, which is why it is the second way where
 * there is no POSIX shell (`entry/watchdog.ts`), but it costs each process 9 MiB and 38 ms of processor time.
 */
import { existsSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';

/** What a process is told that need not watch whether its parent is there. */
export const GUARDED = 'guarded';
/** What one is told that has to. */
export const ALONE = 'alone';

const SHELL = '/bin/sh';

/** How long what has lost its parent may take to end by itself, in seconds. */
const GRACE = 0.5;

const script = `
born() {
  if [ -r "/proc/$1/stat" ]; then
    read -r stat < "/proc/$1/stat"
    set -- \${stat##*) }
    echo "\${20}"
  else
    ps -o lstart= -p "$1"
  fi
}
meet() {
  all="$all $1"
  eval "born$1=\\"\\$(born $1)\\""
}
# Ctrl-C in a terminal, and its end, are for others.
trap '' INT TERM HUP QUIT
all=
for pid in "$@"; do meet "$pid"; done
while read -r sign pid; do
  if [ "$sign" = + ]; then
    meet "$pid"
  else
    rest=
    for each in $all; do [ "$each" = "$pid" ] || rest="$rest $each"; done
    all=$rest
  fi
done
[ -z "$all" ] && exit
sleep ${GRACE} || sleep 1
for pid in $all; do
  eval "known=\\$born$pid"
  [ -n "$known" ] && [ "$(born "$pid")" = "$known" ] && kill -9 "$pid"
done
`;

/** A guardian that ends so soon after its start, in milliseconds, may do no better the next time. */
const STEADY = 1_000;
/** So many of them in a row, and there will be no more. */
const ATTEMPTS = 3;

let possible: boolean | undefined;
let shell: ChildProcess | undefined;
let attempts = 0;
const guarded = new Set<number>();

/**
 * Whether {@link guard} works here. Otherwise each process has to watch for itself, as it does with the environment
 * variable `INTERLEAVE_GUARDIAN=off`.
 */
export function canGuard(): boolean {
  possible ??= process.platform !== 'win32' && existsSync(SHELL) && process.env['INTERLEAVE_GUARDIAN'] !== 'off';
  return possible;
}

/**
 * From now on the process ends when this one does.
 *
 * @returns to be called when the process has ended
 */
export function guard(pid: number): () => void {
  guarded.add(pid);
  if (shell === undefined) open();
  else tell('+', pid);
  return () => {
    if (!guarded.delete(pid)) return;
    tell('-', pid);
    if (guarded.size > 0) return;
    shell?.stdin?.end();
    shell = undefined;
  };
}

function open(): void {
  const { spawn } = process.getBuiltinModule('node:child_process');
  // Whom it guards, it knows from the moment it is there: this process may be killed before it could tell.
  const known = [...guarded].map(String);
  const opened = spawn(SHELL, ['-c', script, 'guardian', ...known], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  shell = opened;
  const since = performance.now();
  const lost = (): void => {
    // Somebody ended it. Those that are still there get another one.
    if (shell !== opened) return;
    shell = undefined;
    attempts = performance.now() - since < STEADY ? attempts + 1 : 0;
    if (attempts === ATTEMPTS) possible = false;
    else if (guarded.size > 0) open();
  };
  opened.on('error', lost);
  opened.on('exit', lost);
  // A pipe that breaks is followed by 'exit'.
  opened.stdin?.on('error', () => {});
  opened.unref();
  (opened.stdin as unknown as { unref(): void }).unref();
}

function tell(sign: '+' | '-', pid: number): void {
  shell?.stdin?.write(`${sign} ${pid}\n`);
}
