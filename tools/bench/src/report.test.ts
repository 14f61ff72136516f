import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { poolCases, type Case } from './cases.js';
import { findContenders, takesPart, type Contender } from './contenders.js';
import { runOnce, type Row, type Table } from './measure.js';
import { lockCases } from './lock-cases.js';
import { fromPlain, toPlain, type PlainTable } from './plain-table.js';
import { command, table as readinessTable, ways } from './readiness.js';
import { figure, markdown, median, summarize, withTable } from './report.js';
import { suites, type Suite } from './suites.js';

const [pools, locks, coroutines] = suites as readonly [Suite, Suite, Suite];
const flood = poolCases[0] as Case;
const row = (name: string, role: Contender['role'], values: readonly (number | undefined)[]): Row => ({
  contender: { name, version: '1.0.0', role, kinds: ['thread'], can: [], command: () => [] },
  rounds: values.map((value) => (value === undefined ? value : { value })),
});

test('the ratio is taken round by round, to the best peer; the bare mechanism is no peer', () => {
  const table: Table = {
    test: flood,
    kind: 'thread',
    rows: [
      row('bare', 'limit', [900, 900, 900]),
      row('slow', 'peer', [10, 10, 10]),
      row('quick', 'peer', [100, 50, 200]),
      row('ours', 'ours', [400, 250, 600]),
    ],
  };
  expect(summarize(table)).toEqual([
    expect.objectContaining({ limit: '900', best: '100 (quick)', ours: '400', ratio: '4' }),
  ]);
});

test('where less is better, a ratio above one is still good', () => {
  const first = poolCases.find(({ name }) => name === 'first-result') as Case;
  const rows = [row('peer', 'peer', [60, 60]), row('ours', 'ours', [30, 40])];
  expect(summarize({ test: first, kind: 'thread', rows })[0]?.ratio).toBe('1.75');
});

test('what is measured of Python and tells something else is shown and is no peer', () => {
  const rows = [row('Python threads', 'peer', [1]), row('peer', 'peer', [60]), row('ours', 'ours', [30])];
  const firstResult = poolCases.find(({ name }) => name === 'first-result') as Case;
  const aside: Table = { test: firstResult, kind: 'thread', rows };
  expect(summarize(aside)[0]).toMatchObject({ best: '60 (peer)', ratio: '2' });
  expect(markdown([aside], [], pools)).toContain('| Python threads | 1.0.0 | 1 |');
  expect(summarize({ test: flood, kind: 'thread', rows })[0]).toMatchObject({ best: '60 (peer)', ratio: '0.5' });
  expect(summarize({ ...aside, test: { ...firstResult, python: true } })[0]?.best).toBe('1 (Python threads)');
});

test('a contender that did not finish is named, and is not the best', () => {
  const table: Table = {
    test: flood,
    kind: 'thread',
    rows: [row('hangs', 'peer', [undefined, undefined]), row('other', 'peer', [1, 3]), row('ours', 'ours', [2, 6])],
  };
  expect(summarize(table)[0]).toMatchObject({ best: '2 (other)', ratio: '2' });
  expect(markdown([table], [], pools)).toContain('| hangs | 1.0.0 | did not finish |');
});

test('there is no ratio to a figure that is not above 0', () => {
  const rows = [row('early', 'peer', [-0.1, -0.2]), row('ours', 'ours', [0.5, 0.6])];
  expect(summarize({ test: { ...flood, better: 'less' }, kind: 'thread', rows })[0]).toMatchObject({ ratio: '' });
});

test('what was written down gives the same report again', () => {
  const rows = [
    row('hangs', 'peer', [undefined, undefined]),
    row('other', 'peer', [1, 3]),
    row('ours', 'ours', [2, 6]),
  ];
  const table: Table = { test: flood, kind: 'thread', rows };
  const again = fromPlain(pools, JSON.parse(JSON.stringify([table].map(toPlain))) as PlainTable[]);
  expect(markdown(again, [], pools)).toBe(markdown([table], [], pools));
});

test('medians and figures', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect([0.7012, 12.345, 123.4, 98_765].map(figure)).toEqual(['0.701', '12.3', '123', '98,800']);
});

test('a measurement that fails, prints no figure or takes too long is undefined, and leaves nothing behind', async () => {
  const node = (code: string): string[] => [process.execPath, '-e', code];
  expect(await runOnce(node(`console.log('hello'); console.log('{"value": 3}')`))).toEqual({ value: 3 });
  expect(await runOnce(node('process.exit(1)'))).toBeUndefined();
  expect(await runOnce(node('console.log("none")'))).toBeUndefined();
  expect(await runOnce(['/nowhere/to/be/found'])).toBeUndefined();
  expect(await runOnce(node('setInterval(() => {}, 1000)'), 300)).toBeUndefined();
});

test('every contender that is installed gives the right result of a small run', { timeout: 120_000 }, async () => {
  const contenders = await findContenders(pools);
  expect(contenders.filter(({ role }) => role === 'ours')).toHaveLength(1);
  for (const contender of contenders.filter(({ can }) => !can.includes('python'))) {
    for (const kind of contender.kinds.filter((one) => takesPart(contender, flood, one))) {
      const [file, ...args] = contender.command({ ...flood, name: 'first-result' }, kind);
      expect(await runOnce([file as string, ...args]), `${contender.name}, ${kind}`).toBeDefined();
    }
  }
});

test('each of ours has a line, beside the best bare mechanism, and a goal where there is one', () => {
  const contended = lockCases.find(({ name }) => name === 'contended') as Case;
  const rows = [
    row('bare', 'limit', [50, 40]),
    row('Python threading.Lock', 'peer', [200, 200]),
    row('interleave', 'ours', [400, 400]),
    row('interleave, fair: false', 'ours', [100, 80]),
  ];
  const text = markdown([{ test: contended, kind: 'thread', rows }], [], locks).split('###')[0];
  expect(text).toContain('| case | unit | bare | best peer | interleave | ratio | to bare | goal |');
  expect(text).toContain(
    'each turn, threads | ns | 45 | 200 (Python threading.Lock) | 400 | **0.5** | 0.113 | fair: false',
  );
  expect(text).toContain(
    'each turn, threads, fair: false | ns | 45 | 200 (Python threading.Lock) | 90 | **2.25** | 0.5 |',
  );
});

test(
  'every contender of the coroutines does all that it says it can, in a small run',
  { timeout: 120_000 },
  async () => {
    const folder = new URL('../measured/coroutines/contenders/', import.meta.url);
    const modules = await Promise.all(readdirSync(folder).map((file) => import(new URL(file, folder).href)));
    const found = modules.flatMap(({ contenders }) => contenders);
    const names = (await findContenders(coroutines))
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('Python'));
    expect(found.map(({ name }) => name).sort()).toEqual(names.sort());
    for (const { name, can, spawnJoin, switches, sleeping, limited, sleeps, timers, virtualHour } of found) {
      const calls = { spawnJoin, switches, sleeping, limited, sleeps, timers, virtualHour };
      expect(Object.values(calls).filter(Boolean), name).toHaveLength(can.length);
      expect((await spawnJoin?.(100)) ?? 100, name).toBe(100);
      expect((await limited?.(100, 10)) ?? 100, name).toBe(100);
      expect((await virtualHour?.(1)) ?? 3_600, name).toBe(3_600);
      await switches?.(2, 10);
      for (const call of [sleeps, timers]) {
        const late: number[] = [];
        await call?.(Float64Array.of(1, 2, 3), (ms: number) => late.push(ms));
        expect(late, name).toHaveLength(call === undefined ? 0 : 3);
      }
    }
  },
);

test('every contender for locks gives the right result of the first of its cases', { timeout: 120_000 }, async () => {
  for (const contender of (await findContenders(locks)).filter(({ name }) => !name.startsWith('Python'))) {
    for (const kind of contender.kinds) {
      const fits = lockCases.filter((test) => test.kinds.includes(kind) && takesPart(contender, test, kind));
      const [file, ...args] = contender.command(fits[0] as Case, kind);
      expect(await runOnce([file as string, ...args]), `${contender.name}, ${kind}`).toBeDefined();
    }
  }
});

test(
  'every way to wait for descriptors gives a figure, and what it cannot stays empty',
  { timeout: 60_000 },
  async () => {
    const figures = new Map<string, readonly number[]>();
    for (const { name } of ways) {
      const found = await runOnce(command(name, 10));
      expect(found?.value, name).toBeGreaterThan(0);
      figures.set(`${name} 10`, [found?.value as number]);
    }
    const lines = readinessTable(figures).split('\n');
    expect(lines[0]).toBe('| watched descriptors | 10 | 100 | 1,000 | 10,000 |');
    expect(lines).toHaveLength(2 + ways.length);
    for (const line of lines.slice(2)) expect(line).toMatch(/^\| [^|]+ \| [\d.,]+ \| {2}\| {2}\| {2}\|$/);
  },
);

test('a table goes between its marks', () => {
  expect(withTable('a\n<!-- bench -->\nold\n<!-- /bench -->\nb', 'new')).toBe(
    'a\n<!-- bench -->\n\nnew\n\n<!-- /bench -->\nb',
  );
  expect(() => withTable('nothing', 'new')).toThrow('has no <!-- bench -->');
});
