import type { Kind } from './cases.js';
import type { Contender } from './contenders.js';
import type { Row, Table } from './measure.js';
import type { Suite } from './suites.js';

/** A table as it stands in `results`. */
export interface PlainTable {
  readonly case: string;
  readonly kind: Kind;
  readonly unit: string;
  readonly rows: readonly {
    readonly name: string;
    readonly version: string;
    readonly role: Contender['role'];
    /** `null` where it did not finish. */
    readonly rounds: readonly (Row['rounds'][number] | null)[];
  }[];
}

/** What is written down of a table. */
export function toPlain({ test, kind, rows }: Table): PlainTable {
  return {
    case: test.name,
    kind,
    unit: test.unit,
    rows: rows.map(({ contender: { name, version, role }, rounds }) => ({ name, version, role, rounds })),
  };
}

/** The tables that were written down, without those of cases that are no more. */
export function fromPlain({ cases }: Suite, plain: readonly PlainTable[]): Table[] {
  return plain.flatMap(({ case: name, kind, rows }) => {
    const test = cases.find((one) => one.name === name);
    if (test === undefined) return [];
    const contender = (row: PlainTable['rows'][number]): Contender => ({
      ...row,
      kinds: [kind],
      can: [],
      command: () => [],
    });
    return [
      {
        test,
        kind,
        rows: rows.map((row) => ({ contender: contender(row), rounds: row.rounds.map((one) => one ?? undefined) })),
      },
    ];
  });
}
