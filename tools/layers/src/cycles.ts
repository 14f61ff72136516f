import type { Finding } from './finding.js';
import type { House, Package } from './house.js';
import { packageNameOf } from './import-rules.js';

interface Edge {
  readonly from: Package;
  readonly to: Package;
  readonly file: string;
  readonly line?: number | undefined;
  /** Needed by tests only. */
  readonly test: boolean;
}

/**
 * Finds packages that need each other, tests included: a build of one waits for the build of the other, for ever. So a
 * lib that `testing` stands on cannot be tested with it.
 *
 * Each cycle is reported once: at an edge that only tests need if there is one, since that is the one to give up, and
 * with the places of the others.
 */
export function cycleFindings(house: House): Finding[] {
  const findings: Finding[] = [];
  const done = new Set<Package>();
  const path: Edge[] = [];

  // Depth first: an edge to a package on the path closes a cycle; one to a package that is done cannot.
  const walk = (from: Package): void => {
    for (const edge of edgesOf(house, from)) {
      path.push(edge);
      const start = path.findIndex((earlier) => earlier.from === edge.to);
      if (start >= 0) findings.push(findingOf(path.slice(start)));
      else if (!done.has(edge.to)) walk(edge.to);
      path.pop();
    }
    done.add(from);
  };
  for (const found of house.packages) if (!done.has(found)) walk(found);
  return findings;
}

function findingOf(cycle: readonly Edge[]): Finding {
  const names = [...cycle, cycle[0]].map((edge) => edge?.from.short).join(' -> ');
  const blamed = cycle.find(({ test }) => test) ?? cycle.at(-1);
  const others = cycle
    .filter((edge) => edge !== blamed)
    .map(({ file, line }) => (line === undefined ? file : `${file}:${line}`))
    .join(', ');
  return {
    file: blamed?.file ?? '',
    line: blamed?.line,
    message: `part of the cycle ${names}, with ${others}; take one of these edges out`,
  };
}

/** One edge for each package needed: at an import line if there is one, production before tests, else at `package.json`. */
function edgesOf(house: House, from: Package): Edge[] {
  const edges = new Map<Package, Edge>();
  const add = (name: string, test: boolean, file: string, line?: number): void => {
    const to = house.packages.find((other) => other.name === name);
    if (to && to !== from && !edges.has(to)) edges.set(to, { from, to, file, line, test });
  };
  for (const role of ['production', 'test'] as const) {
    for (const { path, imports } of from.files.filter((file) => file.role === role)) {
      for (const { module, line } of imports) add(packageNameOf(module), role === 'test', path, line);
    }
  }
  const manifest = `${from.folder}/package.json`;
  for (const name of from.dependencies.keys()) add(name, false, manifest);
  for (const name of from.devDependencies.keys()) add(name, true, manifest);
  return [...edges.values()];
}
