import type { Kind } from './cases.js';
import type { Figures, Row, Table } from './measure.js';
import type { Suite } from './suites.js';

/** The middle one; of an even number the mean of the two in the middle. `NaN` for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] as number)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** One line of the summary. */
export interface Summary {
  readonly title: string;
  readonly unit: string;
  readonly limit: string;
  readonly best: string;
  readonly ours: string;
  /** How many times as good as the best peer; above 1 is better. */
  readonly ratio: string;
  /** How many times as good as the bare mechanism. */
  readonly ofLimit: string;
  readonly goal: string;
}

const field = (row: Row, key: keyof Figures): number[] =>
  row.rounds.flatMap((figures) => (figures?.[key] === undefined ? [] : [figures[key]]));

/** Sets each of ours beside the best peer and the best bare mechanism. */
export function summarize({ test, kind, rows }: Table): Summary[] {
  const keys = rows.some((row) => field(row, 'p99').length > 0) ? (['value', 'p99'] as const) : (['value'] as const);
  return keys.flatMap((key) => {
    const sign = test.better === 'more' ? 1 : -1;
    const scored = rows.filter((row) => field(row, key).length > 0);
    const score = (row: Row): number => sign * median(field(row, key));
    const isAside = ({ contender }: Row): boolean => test.python === 'aside' && contender.name.startsWith('Python ');
    const best = (role: Row['contender']['role']): Row | undefined =>
      scored.filter((row) => row.contender.role === role && !isAside(row)).sort((a, b) => score(b) - score(a))[0];
    const [peer, limit] = [best('peer'), best('limit')];
    const all = scored.filter((row) => row.contender.role === 'ours');
    return (all.length > 0 ? all : [undefined]).map((ours) => ({
      title: [
        `${test.title}${key === 'p99' ? ', p99' : keys.length > 1 ? ', p50' : ''}`,
        ...where(kind),
        // What is ours is the name of the column; here is said what more there is.
        ...(ours && ours !== all[0] ? [ours.contender.name.replace(/^interleave,? /, '')] : []),
      ].join(', '),
      unit: test.unit,
      limit: limit ? figure(median(field(limit, key))) : '',
      best: peer ? `${figure(median(field(peer, key)))} (${peer.contender.name})` : '',
      ours: ours ? figure(median(field(ours, key))) : '',
      ratio: peer && ours ? figure(ratio(ours, peer, key, sign)) : '',
      ofLimit: limit && ours ? figure(ratio(ours, limit, key, sign)) : '',
      goal: key === 'p99' ? '' : ((typeof test.goal === 'object' ? test.goal[kind] : test.goal) ?? ''),
    }));
  });
}

/** The median of the rounds' ratios: both ran in the same minute. */
function ratio(ours: Row, other: Row, key: keyof Figures, sign: number): number {
  const ratios = ours.rounds.flatMap((figures, at) => {
    const mine = figures?.[key];
    const theirs = other.rounds[at]?.[key];
    // How late a timer is may be below 0, and no ratio says how much better that is.
    if (mine === undefined || theirs === undefined || mine <= 0 || theirs <= 0) return [];
    return [sign > 0 ? mine / theirs : theirs / mine];
  });
  return median(ratios);
}

/** Three digits that mean something, thousands apart. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  const rounded = digits === 0 ? Number(value.toPrecision(3)) : Number(value.toFixed(Math.min(digits, 3)));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 3 });
}

/** As a title says it; where there is one ground only, nothing needs saying. */
function where(kind: Kind): string[] {
  return kind === 'coroutine' ? [] : [kind === 'thread' ? 'threads' : 'processes'];
}

/** The report: a summary, then every contender in every case. */
export function markdown(tables: readonly Table[], about: readonly string[], suite: Suite): string {
  const lines = [...about, '', ...overview(tables, suite)];
  for (const { test, kind, rows } of tables) {
    lines.push('', `### ${[test.title, ...where(kind)].join(', ')} (${test.unit || 'share'})`, '');
    lines.push('| contender | version | median | least | most |', '| --- | --- | --: | --: | --: |');
    for (const row of [...rows].sort((a, b) => median(field(b, 'value')) - median(field(a, 'value')))) {
      const values = field(row, 'value');
      const cells =
        values.length === 0
          ? ['did not finish', '', '']
          : [median(values), Math.min(...values), Math.max(...values)].map(figure);
      lines.push(`| ${row.contender.name} | ${row.contender.version} | ${cells.join(' | ')} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** The table of the summary; with goals, and what the limit was beside them, where the suite has goals. */
function overview(tables: readonly Table[], { cases, limit }: Suite): string[] {
  const withGoals = cases.some(({ goal }) => goal !== undefined);
  const head = [
    'case',
    'unit',
    limit,
    'best peer',
    'interleave',
    'ratio',
    ...(withGoals ? [`to ${limit}`, 'goal'] : []),
  ];
  const left = new Set(['case', 'unit', 'goal']);
  const rows = tables.flatMap(summarize).map((line) => {
    const cells = [line.title, line.unit, line.limit, line.best, line.ours, line.ratio && `**${line.ratio}**`];
    return [...cells, ...(withGoals ? [line.ofLimit, line.goal] : [])];
  });
  const rule = head.map((name) => (left.has(name) ? '---' : '--:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

/** The README with the table between its two marks, `<!-- bench -->` and `<!-- /bench -->`. */
export function withTable(readme: string, table: string): string {
  const [before, rest] = readme.split('<!-- bench -->\n');
  const after = rest?.split('<!-- /bench -->')[1];
  if (after === undefined) throw new Error('the README has no <!-- bench --> ... <!-- /bench -->');
  return `${before ?? ''}<!-- bench -->\n\n${table.trim()}\n\n<!-- /bench -->${after}`;
}
