import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cases } from './cases.js';
import { findContenders } from './contenders.js';
import { measureCase, type Table } from './measure.js';
import { markdown } from './report.js';

const usage = `npm run bench -- [options]

  --case NAME        only this case (again for more): ${cases.map(({ name }) => name).join(', ')}
  --kind KIND        thread or process; default: both
  --contender NAME   only contenders whose name has this in it (again for more); ours always takes part
  --rounds N         how often each contender runs; default: 5
  --write            put the tables into tools/bench/results and the summary into the README of pools`;

const options = {
  case: { type: 'string', multiple: true },
  kind: { type: 'string' },
  contender: { type: 'string', multiple: true },
  rounds: { type: 'string', default: '5' },
  write: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

async function main(): Promise<number> {
  const { values } = parseArgs({ options });
  const rounds = Number(values.rounds);
  const unknown = values.case?.find((name) => !cases.some((test) => test.name === name));
  const badKind = values.kind !== undefined && values.kind !== 'thread' && values.kind !== 'process';
  if (values.help || unknown !== undefined || badKind || !Number.isInteger(rounds) || rounds < 1) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const everybody = await findContenders();
  const contenders = everybody.filter(
    ({ name, role }) => role === 'ours' || (values.contender?.some((part) => name.includes(part)) ?? true),
  );
  const tables: Table[] = [];
  for (const test of cases) {
    if (values.case !== undefined && !values.case.includes(test.name)) continue;
    for (const kind of test.kinds) {
      if (values.kind !== undefined && values.kind !== kind) continue;
      tables.push(await measureCase(test, kind, contenders, rounds, (text) => console.error(text)));
    }
  }
  const about = [
    `Node ${process.versions.node}, ${availableParallelism()} processors, two workers each, medians of ${rounds} rounds. The ratio`,
    'is the median of the rounds’ ratios to the best peer; above 1 is better, whichever way the figure counts.',
  ];
  const text = markdown(tables, about);
  console.log(text);
  if (values.write) write(tables, text);
  return 0;
}

function write(tables: readonly Table[], text: string): void {
  const folder = fileURLToPath(new URL('../results', import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'pools.md'), `# Pools beside their peers\n\n${text}`);
  const plain = tables.map(({ test, kind, rows }) => ({
    case: test.name,
    kind,
    unit: test.unit,
    rows: rows.map(({ contender: { name, version, role }, rounds }) => ({ name, version, role, rounds })),
  }));
  writeFileSync(join(folder, 'pools.json'), `${JSON.stringify(plain, null, 2)}\n`);
  const readme = fileURLToPath(new URL('../../../libs/pools/README.md', import.meta.url));
  writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), text.split('\n### ')[0] as string));
}

/** The README with the summary between its two marks. */
function withTable(readme: string, table: string): string {
  const [before, rest] = readme.split('<!-- bench -->\n');
  const after = rest?.split('<!-- /bench -->')[1];
  if (after === undefined) throw new Error('the README of pools has no <!-- bench --> ... <!-- /bench -->');
  return `${before ?? ''}<!-- bench -->\n\n${table.trim()}\n\n<!-- /bench -->${after}`;
}

process.exitCode = await main();
process.exit();
