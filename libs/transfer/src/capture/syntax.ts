import type * as Acorn from 'acorn';
import type { LexicalScope } from './lexical-scope.js';

/** Direct children, for the nodes that need no rule of their own. */
export function* children(node: Acorn.AnyNode): Generator<Acorn.AnyNode> {
  for (const value of Object.values(node) as unknown[]) {
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof child === 'object' && child !== null && typeof (child as { type?: unknown }).type === 'string') {
        yield child as Acorn.AnyNode;
      }
    }
  }
}

/** The text that `toString` gives for a method: without `static`, from its first word to its closing brace. */
export function methodText(code: string, member: Acorn.MethodDefinition): string {
  return code.slice(member.start, member.end).replace(/^static\s+(?!\()/, '');
}

/** Introduces the names of a pattern. */
export function declarePattern(pattern: Acorn.Pattern, scope: LexicalScope): void {
  switch (pattern.type) {
    case 'Identifier':
      scope.add(pattern.name);
      return;
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        declarePattern(property.type === 'RestElement' ? property.argument : property.value, scope);
      }
      return;
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element) declarePattern(element, scope);
      return;
    case 'AssignmentPattern':
      declarePattern(pattern.left, scope);
      return;
    case 'RestElement':
      declarePattern(pattern.argument, scope);
      return;
    case 'MemberExpression':
      return;
  }
}
