import type * as Acorn from 'acorn';
import type { FunctionShape, OuterUse, Range } from './function-shape.js';
import { FreeNames, type NameUse } from './free-names.js';
import { LexicalScope } from './lexical-scope.js';
import { children, declarePattern, methodText } from './syntax.js';
import type { ParsedFunction } from './parse-function.js';

/** A walker's position: who introduces names, and whose `this` it is. */
interface Place {
  readonly scope: LexicalScope;
  /** `this` belongs to something inside the text. */
  readonly ownThis: boolean;
  /** `super` belongs to something inside the text. */
  readonly ownSuper: boolean;
  /** Evaluated together with the text. */
  readonly early: boolean;
}

/**
 * Walks the syntax tree of one function and sorts its names into its own and the free ones.
 *
 * References are only collected on the way and sorted at the end, because `var` and function declarations are known
 * before their line.
 */
export class ShapeWalker {
  readonly #parsed: ParsedFunction;
  readonly #text: string;
  readonly #names = new FreeNames();
  readonly #outer = new Set<OuterUse>();
  readonly #importMeta: Range[] = [];
  readonly #dynamicImport: Range[] = [];
  readonly #methods = new Set<string>();
  readonly #statics: Range[] = [];
  #heritage: Range | undefined;
  #hasPrivate = false;

  constructor(parsed: ParsedFunction, text: string) {
    this.#parsed = parsed;
    this.#text = text;
  }

  shape(): FunctionShape {
    const { node, kind } = this.#parsed;
    const place: Place = { scope: new LexicalScope(undefined, true), ownThis: false, ownSuper: false, early: false };
    if (node.type === 'ClassExpression') this.#class(node, place, true);
    else this.#function(node, place, true);
    const free = this.#names.sort();
    const isClass = node.type === 'ClassExpression';
    const own = node.type === 'ArrowFunctionExpression' ? undefined : node.id;
    const self = own && free.get(own.name);
    if (own && self) free.delete(own.name);
    const wrapper = this.#wrapper();
    return {
      kind: isClass
        ? 'class'
        : kind === 'method'
          ? 'method'
          : node.type === 'FunctionExpression'
            ? 'function'
            : 'arrow',
      text: this.#text,
      wrapper,
      head: kind === 'method' ? wrapper[0].length : this.#head(),
      free,
      outer: this.#outer,
      ...(own && self
        ? { self: { name: own.name, range: this.#range(own), references: self.references, written: self.written } }
        : {}),
      importMeta: this.#importMeta,
      dynamicImport: this.#dynamicImport,
      ...(isClass
        ? {
            classShape: {
              ...(this.#heritage ? { heritage: this.#heritage } : {}),
              methods: this.#methods,
              hasPrivate: this.#hasPrivate,
              statics: this.#statics,
            },
          }
        : {}),
    };
  }

  /** A lone method becomes the method `m` of an object, because a function expression would have other rules. */
  #wrapper(): FunctionShape['wrapper'] {
    const { node, kind } = this.#parsed;
    if (kind === 'expression') return ['', [0, this.#text.length], ''];
    const { async, generator } = node as Acorn.FunctionExpression;
    return [`({${async ? 'async ' : ''}${generator ? '*' : ''}m`, this.#range(node), '}).m'];
  }

  /** V8 places functions at the parenthesis of their parameters; arrows and classes at their beginning. */
  #head(): number {
    const { node } = this.#parsed;
    if (node.type !== 'FunctionExpression') return 0;
    const [, end] = this.#range(node.id ?? { start: 0, end: node.start });
    return this.#text.indexOf('(', end);
  }

  #range(node: { start: number; end: number }): Range {
    return [node.start - this.#parsed.offset, node.end - this.#parsed.offset];
  }

  #refer(node: Acorn.Identifier, place: Place, use: NameUse): void {
    this.#names.add(node.name, this.#range(node), place, use);
  }

  #function(node: Acorn.Function | Acorn.ArrowFunctionExpression, place: Place, isRoot = false): void {
    const isArrow = node.type === 'ArrowFunctionExpression';
    const outside = new LexicalScope(place.scope, true);
    // The root's own name stays free, because only the scopes can tell a declaration from a named expression.
    if (!isArrow && node.type === 'FunctionExpression' && node.id && !isRoot) outside.add(node.id.name);
    const params = new LexicalScope(outside, true);
    if (!isArrow) params.add('arguments');
    for (const param of node.params) declarePattern(param, params);
    const inner: Place = {
      scope: params,
      ownThis: place.ownThis || !isArrow,
      ownSuper: place.ownSuper,
      early: false,
    };
    for (const param of node.params) this.#defaults(param, inner);
    if (node.body.type !== 'BlockStatement') {
      this.#walk(node.body, inner);
      return;
    }
    // Variables of the body are not visible to the default values of the parameters.
    const scope = new LexicalScope(params, true);
    scope.hoist(node.body.body);
    for (const statement of node.body.body) this.#walk(statement, { ...inner, scope });
  }

  #class(node: Acorn.Class, place: Place, isRoot = false): void {
    const scope = new LexicalScope(place.scope, false);
    if (node.id && !isRoot) scope.add(node.id.name);
    // A static private field cannot be read from outside, so such a class makes its static part anew.
    const keepsStatics = node.body.body.some(
      (member) => member.type === 'PropertyDefinition' && member.static && member.key.type === 'PrivateIdentifier',
    );
    if (node.superClass) {
      if (isRoot) this.#heritage = this.#range(node.superClass);
      else this.#walk(node.superClass, { ...place, scope });
    }
    const early = isRoot || place.early;
    const inner: Place = { scope, ownThis: true, ownSuper: true, early };
    for (const member of node.body.body) {
      if (member.type === 'StaticBlock') {
        if (isRoot && !keepsStatics) {
          this.#statics.push(this.#range(member));
          continue;
        }
        const block = new LexicalScope(scope, true);
        block.hoist(member.body);
        for (const statement of member.body) this.#walk(statement, { ...inner, scope: block });
        continue;
      }
      if (isRoot && member.key.type === 'PrivateIdentifier') this.#hasPrivate = true;
      if (member.computed) this.#walk(member.key, { ...place, scope, early });
      if (member.type === 'MethodDefinition') {
        if (isRoot) this.#methods.add(methodText(this.#parsed.code, member));
        this.#function(member.value, { ...inner, early: false });
      } else if (member.value) {
        if (isRoot && member.static && !keepsStatics) {
          this.#statics.push(this.#range(member.value));
          continue;
        }
        this.#walk(member.value, { ...inner, scope: new LexicalScope(scope, true), early: member.static && early });
      }
    }
  }

  /** Default values and computed keys inside a pattern; the names themselves are declared elsewhere. */
  #defaults(pattern: Acorn.Pattern, place: Place): void {
    switch (pattern.type) {
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') {
            this.#defaults(property.argument, place);
            continue;
          }
          if (property.computed) this.#walk(property.key, place);
          this.#defaults(property.value, place);
        }
        return;
      case 'ArrayPattern':
        for (const element of pattern.elements) if (element) this.#defaults(element, place);
        return;
      case 'AssignmentPattern':
        this.#defaults(pattern.left, place);
        this.#walk(pattern.right, place);
        return;
      case 'RestElement':
        this.#defaults(pattern.argument, place);
        return;
      case 'Identifier':
      case 'MemberExpression':
        return;
    }
  }

  /** The left side of an assignment. */
  #target(pattern: Acorn.Pattern, place: Place, shorthand = false): void {
    switch (pattern.type) {
      case 'Identifier':
        this.#refer(pattern, place, { written: true, shorthand });
        return;
      case 'MemberExpression':
        this.#walk(pattern, place);
        return;
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') {
            this.#target(property.argument, place);
            continue;
          }
          if (property.computed) this.#walk(property.key, place);
          this.#target(property.value, place, property.shorthand);
        }
        return;
      case 'ArrayPattern':
        for (const element of pattern.elements) if (element) this.#target(element, place);
        return;
      case 'AssignmentPattern':
        this.#target(pattern.left, place, shorthand);
        this.#walk(pattern.right, place);
        return;
      case 'RestElement':
        this.#target(pattern.argument, place);
        return;
    }
  }

  #walk(node: Acorn.AnyNode, place: Place): void {
    switch (node.type) {
      case 'Identifier':
        if (node.name === 'arguments' && !place.scope.has('arguments')) this.#outer.add('arguments');
        else this.#refer(node, place, {});
        return;
      case 'ThisExpression':
        if (!place.ownThis) this.#outer.add('this');
        return;
      case 'Super':
        if (!place.ownSuper) this.#outer.add('super');
        return;
      case 'MetaProperty':
        if (node.meta.name === 'import') this.#importMeta.push(this.#range(node));
        return;
      case 'ImportExpression':
        this.#dynamicImport.push([this.#range(node)[0], this.#range(node)[0] + 'import'.length]);
        break;
      case 'CallExpression':
        if (node.callee.type === 'Identifier') {
          if (node.callee.name === 'eval' && !place.scope.has('eval')) this.#outer.add('eval');
          this.#refer(node.callee, place, { called: true });
          for (const argument of node.arguments) this.#walk(argument, place);
          return;
        }
        break;
      case 'TaggedTemplateExpression':
        if (node.tag.type === 'Identifier') {
          this.#refer(node.tag, place, { called: true });
          this.#walk(node.quasi, place);
          return;
        }
        break;
      case 'MemberExpression':
        if (node.object.type === 'Identifier') {
          const { object, property } = node;
          if (object.name === 'arguments' && !place.scope.has('arguments')) {
            this.#outer.add('arguments');
          } else if (!node.computed && property.type === 'Identifier') {
            this.#refer(object, place, { member: property.name });
          } else if (node.computed && property.type === 'Literal' && typeof property.value === 'string') {
            this.#refer(object, place, { member: property.value });
          } else {
            this.#refer(object, place, {});
          }
        } else {
          this.#walk(node.object, place);
        }
        if (node.computed) this.#walk(node.property, place);
        return;
      case 'ObjectExpression':
        for (const property of node.properties) {
          if (property.type === 'SpreadElement') {
            this.#walk(property.argument, place);
            continue;
          }
          if (property.computed) this.#walk(property.key, place);
          if (property.shorthand && property.value.type === 'Identifier') {
            if (property.value.name === 'arguments' && !place.scope.has('arguments')) this.#outer.add('arguments');
            else this.#refer(property.value, place, { shorthand: true });
          } else if ((property.method || property.kind !== 'init') && property.value.type === 'FunctionExpression') {
            this.#function(property.value, { ...place, ownSuper: true });
          } else {
            this.#walk(property.value, place);
          }
        }
        return;
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        this.#function(node, place);
        return;
      case 'ClassDeclaration':
      case 'ClassExpression':
        this.#class(node, place);
        return;
      case 'VariableDeclaration':
        for (const { id, init } of node.declarations) {
          declarePattern(id, node.kind === 'var' ? place.scope.functionScope : place.scope);
          this.#defaults(id, place);
          if (init) this.#walk(init, place);
        }
        return;
      case 'BlockStatement': {
        const scope = new LexicalScope(place.scope, false);
        scope.hoist(node.body);
        for (const statement of node.body) this.#walk(statement, { ...place, scope });
        return;
      }
      case 'ForStatement': {
        const scope = new LexicalScope(place.scope, false);
        for (const part of [node.init, node.test, node.update, node.body]) {
          if (part) this.#walk(part, { ...place, scope });
        }
        return;
      }
      case 'ForInStatement':
      case 'ForOfStatement': {
        const scope = new LexicalScope(place.scope, false);
        const inner = { ...place, scope };
        if (node.left.type === 'VariableDeclaration') {
          this.#walk(node.left, inner);
        } else {
          this.#target(node.left, inner);
        }
        this.#walk(node.right, inner);
        this.#walk(node.body, inner);
        return;
      }
      case 'SwitchStatement': {
        this.#walk(node.discriminant, place);
        const scope = new LexicalScope(place.scope, false);
        for (const { consequent } of node.cases) scope.hoist(consequent);
        for (const part of node.cases) {
          if (part.test) this.#walk(part.test, { ...place, scope });
          for (const statement of part.consequent) this.#walk(statement, { ...place, scope });
        }
        return;
      }
      case 'CatchClause': {
        const scope = new LexicalScope(place.scope, false);
        if (node.param) {
          declarePattern(node.param, scope);
          this.#defaults(node.param, { ...place, scope });
        }
        this.#walk(node.body, { ...place, scope });
        return;
      }
      case 'AssignmentExpression':
        this.#target(node.left, place);
        this.#walk(node.right, place);
        return;
      case 'UpdateExpression':
        if (node.argument.type === 'Identifier') this.#refer(node.argument, place, { written: true });
        else this.#walk(node.argument, place);
        return;
      case 'LabeledStatement':
        this.#walk(node.body, place);
        return;
      case 'BreakStatement':
      case 'ContinueStatement':
        return;
      default:
        break;
    }
    for (const child of children(node)) this.#walk(child, place);
  }
}
