import { spawn } from 'node:child_process';
import { takesPart, type Contender } from './contenders.js';
import type { Case, Kind } from './cases.js';

/** What one process measured: the figure, and for latencies the one that 99 of 100 stay below. */
export interface Figures {
  readonly value: number;
  readonly p99?: number;
}

/** All figures of one contender in one case, a round each; `undefined` where it did not finish. */
export interface Row {
  readonly contender: Contender;
  readonly rounds: readonly (Figures | undefined)[];
}

/** One case with the contenders that take part. */
export interface Table {
  readonly test: Case;
  readonly kind: Kind;
  readonly rows: readonly Row[];
}

/**
 * Measures one case. All contenders run in every round, each in a process of its own and in another order each time, so
 * that whatever else the machine does hits them alike.
 *
 * @param patience - a measurement that takes longer is given up, in milliseconds
 * @param progress - is told what runs now
 */
export async function measureCase(
  test: Case,
  kind: Kind,
  contenders: readonly Contender[],
  rounds: number,
  patience: number,
  progress: (text: string) => void,
): Promise<Table> {
  const rows = contenders
    .filter((contender) => takesPart(contender, test, kind))
    .map((contender) => ({ contender, rounds: [] as (Figures | undefined)[] }));
  for (let round = 0; round < rounds; round += 1) {
    const turn = round % Math.max(rows.length, 1);
    for (const row of [...rows.slice(turn), ...rows.slice(0, turn)]) {
      // Who did not finish once would take the whole time again.
      if (row.rounds.includes(undefined)) continue;
      progress(`${test.name} (${kind}), round ${round + 1} of ${rounds}: ${row.contender.name}`);
      row.rounds.push(await runOnce(row.contender.command(test, kind), patience));
    }
  }
  return { test, kind, rows };
}

/** Runs a command whose last line is a figure as JSON; `undefined` if it fails or takes too long. */
export async function runOnce([file, ...args]: readonly string[], limit = 60_000): Promise<Figures | undefined> {
  // A group of its own: a contender that hangs is ended with all its workers.
  const child = spawn(file as string, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
    env: plainEnvironment(),
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const timer = setTimeout(() => endGroup(child.pid), limit);
  const code = await new Promise((resolve) => child.once('close', resolve).once('error', () => resolve(-1)));
  clearTimeout(timer);
  endGroup(child.pid);
  if (code !== 0) return undefined;
  try {
    const figures = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as Figures;
    return Number.isFinite(figures.value) ? figures : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Where this is set, Node 20 reads the certificates at the start of every process, 80 ms long; only who hands its children
 * another environment is spared that.
 */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _certificates, ...env } = process.env;
  return env;
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}
