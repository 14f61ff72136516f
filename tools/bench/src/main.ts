import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findContenders } from './contenders.js';
import { measureCase, type Table } from './measure.js';
import { fromPlain, toPlain, type PlainTable } from './plain-table.js';
import { measureReadiness } from './readiness.js';
import { markdown, withTable } from './report.js';
import { suites, type Suite } from './suites.js';

const names = suites.map(({ name, cases }) => `${name}: ${cases.map((test) => test.name).join(', ')}`);
const usage = `npm run bench -- [options]

  --suite NAME       pools, locks or coroutines; default: all
  --case NAME        only this case (again for more);
                     ${names.join('\n                     ')}
  --kind KIND        thread, process or coroutine; default: all
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
  const badKind = values.kind !== undefined && !['thread', 'process', 'coroutine'].includes(values.kind);
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
      tables.push(await measureCase(test, kind, contenders, rounds, suite.patience, (text) => console.error(text)));
    }
  }
  if (tables.length === 0) return;
  console.log(report(suite, tables));
  if (choice.write) write(suite, tables);
}

function report(suite: Suite, tables: readonly Table[]): string {
  // Who did not finish once has no more rounds.
  const each = tables.map(({ rows }) => Math.max(...rows.map((row) => row.rounds.length)));
  const [least, most] = [Math.min(...each), Math.max(...each)];
  const rounds = least === most ? least : `${least} to ${most}`;
  const about = [
    `Node ${process.versions.node}, ${availableParallelism()} processors, ${suite.conditions}, medians of ${rounds} rounds. The ratio`,
    'is the median of the rounds’ ratios to the best peer; above 1 is better, whichever way the figure counts.',
  ];
  return markdown(tables, about, suite);
}

/** Writes the report, in which cases that were not measured now keep their figures. */
function write(suite: Suite, measured: readonly Table[]): void {
  const folder = fileURLToPath(new URL('../results', import.meta.url));
  const file = join(folder, `${suite.name}.json`);
  mkdirSync(folder, { recursive: true });
  const before = existsSync(file) ? fromPlain(suite, JSON.parse(readFileSync(file, 'utf8')) as PlainTable[]) : [];
  const isNew = ({ test, kind }: Table): boolean => measured.some((one) => one.test === test && one.kind === kind);
  const all = [...measured, ...before.filter((table) => !isNew(table))];
  const tables = suite.cases.flatMap((test) =>
    test.kinds.flatMap((kind) => all.filter((table) => table.test === test && table.kind === kind)),
  );
  const text = report(suite, tables);
  writeFileSync(join(folder, `${suite.name}.md`), `# ${suite.title}\n\n${text}`);
  writeFileSync(file, `${JSON.stringify(tables.map(toPlain), null, 2)}\n`);
  const readme = fileURLToPath(new URL(`../../../libs/${suite.name}/README.md`, import.meta.url));
  writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), text.split('\n### ')[0] as string));
}

const [first, ...rest] = process.argv.slice(2);
process.exitCode = first === 'readiness' ? await measureReadiness(rest) : await main();
process.exit();
