import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findContenders } from './contenders.js';
import { measureCase, type Table } from './measure.js';
import { measureReadiness } from './readiness.js';
import { markdown, withTable } from './report.js';
import { suites, type Suite } from './suites.js';

const names = suites.map(({ name, cases }) => `${name}: ${cases.map((test) => test.name).join(', ')}`);
const usage = `npm run bench -- [options]

  --suite NAME       pools or locks; default: both
  --case NAME        only this case (again for more);
                     ${names.join('\n                     ')}
  --kind KIND        thread or process; default: both
  --contender NAME   only contenders whose name has this in it (again for more); ours always takes part
  --rounds N         how often each contender runs; default: 5
  --write            put the tables into tools/bench/results and the summary into the README of the lib

npm run bench -- readiness   what one wait costs with many idle descriptors; see its --help`;

const options = {
  suite: { type: 'string' },
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
  const chosen = suites.filter(({ name }) => values.suite === undefined || values.suite === name);
  const known = new Set(chosen.flatMap(({ cases }) => cases.map(({ name }) => name)));
  const unknown = chosen.length === 0 || values.case?.some((name) => !known.has(name));
  const badKind = values.kind !== undefined && values.kind !== 'thread' && values.kind !== 'process';
  if (values.help || unknown || badKind || !Number.isInteger(rounds) || rounds < 1) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  for (const suite of chosen) await run(suite, rounds, values);
  return 0;
}

interface Choice {
  readonly case?: readonly string[] | undefined;
  readonly kind?: string | undefined;
  readonly contender?: readonly string[] | undefined;
  readonly write: boolean;
}

async function run(suite: Suite, rounds: number, choice: Choice): Promise<void> {
  const contenders = (await findContenders(suite)).filter(
    ({ name, role }) => role === 'ours' || (choice.contender?.some((part) => name.includes(part)) ?? true),
  );
  const tables: Table[] = [];
  for (const test of suite.cases) {
    if (choice.case !== undefined && !choice.case.includes(test.name)) continue;
    for (const kind of test.kinds) {
      if (choice.kind !== undefined && choice.kind !== kind) continue;
      tables.push(await measureCase(test, kind, contenders, rounds, (text) => console.error(text)));
    }
  }
  if (tables.length === 0) return;
  const about = [
    `Node ${process.versions.node}, ${availableParallelism()} processors, ${suite.conditions}, medians of ${rounds} rounds. The ratio`,
    'is the median of the rounds’ ratios to the best peer; above 1 is better, whichever way the figure counts.',
  ];
  const text = markdown(tables, about, suite);
  console.log(text);
  if (choice.write) write(suite, tables, text);
}

function write({ name: lib, title }: Suite, tables: readonly Table[], text: string): void {
  const folder = fileURLToPath(new URL('../results', import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${lib}.md`), `# ${title}\n\n${text}`);
  const plain = tables.map(({ test, kind, rows }) => ({
    case: test.name,
    kind,
    unit: test.unit,
    rows: rows.map(({ contender: { name, version, role }, rounds }) => ({ name, version, role, rounds })),
  }));
  writeFileSync(join(folder, `${lib}.json`), `${JSON.stringify(plain, null, 2)}\n`);
  const readme = fileURLToPath(new URL(`../../../libs/${lib}/README.md`, import.meta.url));
  writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), text.split('\n### ')[0] as string));
}

const [first, ...rest] = process.argv.slice(2);
process.exitCode = first === 'readiness' ? await measureReadiness(rest) : await main();
process.exit();
