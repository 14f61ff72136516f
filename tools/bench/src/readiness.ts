import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measured } from './contenders.js';
import { runOnce } from './measure.js';
import { figure, withTable } from './report.js';

/** Ways to wait for many descriptors, with the most that each can take. */
export const ways = [
  { name: 'select', title: '`SelectSelector`', most: 1_000 },
  { name: 'poll', title: '`PollSelector`', most: 10_000 },
  { name: 'epoll', title: '`EpollSelector`', most: 10_000 },
  { name: 'loop', title: 'Node’s own loop, a listener each', most: 10_000 },
  { name: 'DefaultSelector', title: '`DefaultSelector`, awaited', most: 10_000 },
] as const;

/** How many descriptors are watched, all but one idle. */
const counts = [10, 100, 1_000, 10_000];

const usage = `npm run bench -- readiness [options]
  --rounds N   how often each way runs with each number of descriptors; default: 5
  --write      put the table into the README of events`;

const options = {
  rounds: { type: 'string', default: '5' },
  write: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** The command that measures one way with so many descriptors. */
export function command(way: string, count: number): readonly string[] {
  return [process.execPath, join(measured, 'idle-descriptors.mjs'), way, String(count)];
}

/** One line for each way; the figures are the least of its rounds, because what else the machine does only adds; empty where it cannot or did not finish. */
export function table(figures: ReadonlyMap<string, readonly number[]>): string {
  const lines = ways.map(({ name, title }) => {
    const cells = counts.map((count) => figure(Math.min(...(figures.get(`${name} ${count}`) ?? []))));
    return `| ${[title, ...cells].join(' | ')} |`;
  });
  const head = ['watched descriptors', ...counts.map((count) => count.toLocaleString('en-US'))];
  return [`| ${head.join(' | ')} |`, `| --- |${' --: |'.repeat(counts.length)}`, ...lines].join('\n');
}

async function measureAll(rounds: number): Promise<Map<string, number[]>> {
  const figures = new Map<string, number[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const count of counts) {
      const turn = round % ways.length;
      for (const { name, most } of [...ways.slice(turn), ...ways.slice(0, turn)]) {
        if (count > most) continue;
        console.error(`${name} with ${count}, round ${round + 1} of ${rounds}`);
        const found = await runOnce(command(name, count));
        if (found !== undefined)
          figures.set(`${name} ${count}`, [...(figures.get(`${name} ${count}`) ?? []), found.value]);
      }
    }
  }
  return figures;
}

/**
 * Measures one wait against the number of idle descriptors, and prints the table.
 *
 * @param args - of the command line
 * @returns the exit code
 */
export async function measureReadiness(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ options, args: [...args] });
  const rounds = Number(values.rounds);
  if (values.help || !Number.isInteger(rounds) || rounds < 1) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const text = [
    'Microseconds from sending a byte to one of them until it is received, while all others are idle:',
    '',
    table(await measureAll(rounds)),
    '',
    `Node ${process.versions.node}, Linux ${release().split('-')[0] as string}, ${availableParallelism()} processors, the least of ${rounds} rounds; \`npm run bench -- readiness\`.`,
  ].join('\n');
  console.log(text);
  if (values.write) {
    const readme = fileURLToPath(new URL('../../../libs/events/README.md', import.meta.url));
    writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), text));
  }
  return 0;
}
