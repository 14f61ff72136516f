import type { FreeName, Range, Reference } from './function-shape.js';
import type { LexicalScope } from './lexical-scope.js';

/** How a name is used at one place. */
export interface NameUse {
  /** Only this member of it is used. */
  readonly member?: string;
  readonly written?: boolean;
  readonly shorthand?: boolean;
  readonly called?: boolean;
}

/** Where a name is used: in which scope, and whether while the text itself is evaluated. */
interface NamePlace {
  readonly scope: LexicalScope;
  readonly early: boolean;
}

interface MutableFreeName extends FreeName {
  readonly references: Reference[];
  readonly members: Set<string>;
  whole: boolean;
  written: boolean;
  early: boolean;
}

/** The uses of names in a function, and in the end those that nothing inside introduces. */
export class FreeNames {
  readonly #pending: {
    readonly name: string;
    readonly range: Range;
    readonly place: NamePlace;
    readonly use: NameUse;
  }[] = [];

  /** Notes a use; whether it is a free one is known only at the end. */
  add(name: string, range: Range, place: NamePlace, use: NameUse): void {
    this.#pending.push({ name, range, place, use });
  }

  /** The free names with all their uses. Called when all scopes are complete. */
  sort(): Map<string, FreeName> {
    const names = new Map<string, MutableFreeName>();
    for (const { name, range, place, use } of this.#pending) {
      if (place.scope.has(name)) continue;
      let free = names.get(name);
      if (free === undefined) {
        free = { references: [], whole: false, members: new Set(), written: false, early: false };
        names.set(name, free);
      }
      free.references.push({ range, shorthand: use.shorthand ?? false, called: use.called ?? false });
      if (use.member === undefined) free.whole = true;
      else free.members.add(use.member);
      if (use.written) free.written = true;
      if (place.early) free.early = true;
    }
    return names;
  }
}
