import type { Package, SourceFile } from './house.js';
import { bench, floors, sides } from './layers.js';

/** Where a package stands, in words: `pools (layer 5)`, `testing (side)`, `kernel (tool)`. */
export function placeOf({ kind, short }: Package): string {
  if (kind === 'tool') return `${short} (tool)`;
  const floor = floorOf(short);
  return floor >= 0 ? `${short} (layer ${floor})` : short in sides ? `${short} (side)` : `${short} (no layer)`;
}

/** Whether a lib has a place in the table at all. */
export function hasPlace({ short }: Package): boolean {
  return floorOf(short) >= 0 || short in sides;
}

/**
 * Whether one package of the workspace may use another.
 *
 * @param role - of the code that uses it; a devDependency counts as `test`
 * @returns what is wrong and what to do, or `undefined` when it may
 */
export function mayImport(from: Package, to: Package, role: SourceFile['role']): string | undefined {
  const edge = `${placeOf(from)} imports ${placeOf(to)}`;
  if (from.kind === 'tool') {
    const measures = from.short === bench && role === 'test';
    return to.kind === 'lib' && !measures
      ? `${edge}; a tool judges libs and stands on none, so write what it needs in the tool`
      : undefined;
  }
  if (to.kind === 'tool') return `${edge}; a lib must work without the workspace, so leave the tool out`;
  // A lib without a place is reported once, for its package.json.
  if (!hasPlace(from) || !hasPlace(to)) return undefined;
  if (to.short in sides) {
    if (role !== 'production' || sides[from.short]?.includes(to.short)) return undefined;
    return `${edge}; production code goes without ${to.short}, only tests and notebooks may use it`;
  }
  const own = sides[from.short];
  if (own !== undefined) {
    if (own.includes(to.short)) return undefined;
    return `${edge}; ${from.short} may import ${own.join(', ')} only`;
  }
  const [below, above] = [floorOf(from.short), floorOf(to.short)];
  if (above < below) return undefined;
  return above === below
    ? `${edge}; libs of one layer do not know each other, so move what both need to a layer below`
    : `${edge}; imports go down, so move what is needed to a layer below ${from.short}`;
}

function floorOf(short: string): number {
  return floors.findIndex((floor) => floor.includes(short));
}
