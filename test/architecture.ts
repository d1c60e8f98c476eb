// Who may import whom: the table of ARCHITECTURE.md, and a checker over (path, imports) that knows nothing of the disk, so
// that its own test can show it failing. `sourceImports` reads what one file imports.
import { posix } from 'node:path';
import ts from 'typescript';

export interface Import {
  /** As written: `../model/pod`, `ipaddr.js`, `node:fs`. */
  readonly from: string;
  /** Nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

export interface SourceFile {
  /** From the project's folder, with `/`, e.g. `src/trace/ends.ts`. */
  readonly path: string;
  readonly imports: readonly Import[];
}

/** Parts below `part` in the house, and what else it may take. `types` may be imported as types only. */
interface Rule {
  readonly values: readonly string[];
  readonly types?: readonly string[];
  /** Packages; a name that ends in a colon stands for all that begin so. */
  readonly packages?: readonly string[];
}

const pure = ['model', 'load', 'simulate', 'dataplane', 'policy', 'trace', 'analysis', 'features', 'diagram'];

/** One line per part. A part is a folder below src/, or a file that is an exception of its own. */
const rules: Readonly<Record<string, Rule>> = {
  model: { values: [] },
  'model/address': { values: ['model'], packages: ['ipaddr.js'] },
  load: { values: ['model'] },
  'load/yaml': { values: ['model', 'load'], packages: ['yaml', 'js-yaml'] },
  simulate: { values: ['model'] },
  dataplane: { values: ['model'] },
  policy: { values: ['model'] },
  trace: { values: ['model', 'load', 'simulate', 'dataplane', 'policy'] },
  analysis: { values: ['model', 'load', 'simulate', 'dataplane', 'policy', 'trace'] },
  features: { values: pure.filter((part) => part !== 'diagram') },
  // Values of nothing but itself: the page takes it whole, and must not get the engine with it.
  diagram: { values: [], types: pure },
  protocol: { values: ['model'], types: pure },
  desktop: { values: [...pure], packages: ['node:'] },
  cli: { values: [...pure, 'desktop'], packages: ['node:'] },
  // Values of the engine come through the engine's own bundle, so that activation stays small.
  vscode: { values: ['protocol'], types: pure, packages: ['vscode'] },
  'vscode/engine': { values: pure },
  extension: { values: ['vscode', 'desktop'], packages: ['vscode', 'node:'] },
  'extension.web': { values: ['vscode'], packages: ['vscode'] },
  webview: { values: ['protocol', 'diagram'], types: pure },
  'webview/toolkit': {
    values: ['webview', 'protocol', 'diagram'],
    types: pure,
    packages: ['@vscode/webview-ui-toolkit'],
  },
};

/** @returns one sentence per import that the table does not allow. */
export function violations(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ path, imports }) => {
    const { part, rule } = ruleOf(path);
    if (rule === undefined)
      return [`${path} belongs to no part of the house; add it to test/architecture.ts`];
    return imports.flatMap((each) => {
      const reason = each.from.startsWith('.')
        ? partReason(path, part, rule, each)
        : packageReason(rule, each);
      return reason === undefined ? [] : [`${path} imports ${each.from}: ${reason}`];
    });
  });
}

function partReason(path: string, part: string, rule: Rule, { from, typeOnly }: Import): string | undefined {
  const target = posix.join(posix.dirname(path), from);
  const wanted = partOf(target);
  if (wanted === undefined) return `${target} is outside the house`;
  if (wanted === part || rule.values.includes(wanted)) return undefined;
  if (rule.types?.includes(wanted) === true)
    return typeOnly ? undefined : `${part} takes only types from ${wanted}`;
  return `${part} does not know ${wanted}`;
}

function packageReason({ packages = [] }: Rule, { from }: Import): string | undefined {
  const allowed = packages.some((name) => (name.endsWith(':') ? from.startsWith(name) : from === name));
  return allowed ? undefined : 'this package is not for this file';
}

/** `src/model/address.ts` is ruled as `model/address`, which belongs to the part `model`. */
function ruleOf(path: string): { readonly part: string; readonly rule: Rule | undefined } {
  const name = inHouse(path);
  const part = partOf(path) ?? '';
  return { part, rule: rules[name ?? ''] ?? rules[part] };
}

function partOf(path: string): string | undefined {
  return inHouse(path)?.split('/')[0];
}

/** The path without `src/` and without its ending; undefined when it is neither in src/ nor in webview/. */
function inHouse(path: string): string | undefined {
  const name = path.replace(/\.(d\.)?(ts|css)$/, '');
  if (name === 'webview' || name.startsWith('webview/')) return name;
  return name.startsWith('src/') ? name.slice('src/'.length) : undefined;
}

/** Names of globals that a pure file must not touch: clocks, chance, the environment, output. */
const impure = new Set(
  'Date performance process console setTimeout setInterval setImmediate fetch require globalThis window document'.split(
    ' ',
  ),
);

/** @returns every impure global that the text uses, each once; `Math.random` and `crypto` among them. */
export function impureGlobals(text: string): readonly string[] {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) {
      if (node.getText() === 'Math.random') found.add('Math.random');
      visit(node.expression);
      return;
    }
    if (ts.isIdentifier(node) && isReference(node) && (impure.has(node.text) || node.text === 'crypto'))
      found.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(parse('file.ts', text));
  return [...found];
}

/** Not the name of a member, a parameter or a variable, nor a type. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  const names =
    (ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodSignature(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isVariableDeclaration(parent) ||
      ts.isParameter(parent) ||
      ts.isBindingElement(parent) ||
      ts.isFunctionDeclaration(parent)) &&
    parent.name === node;
  return !names && !ts.isTypeNode(parent) && !isDeclaredIn(node);
}

/** A local of the same name shadows the global. */
function isDeclaredIn(node: ts.Identifier): boolean {
  const declares = (scope: ts.Node): boolean => {
    if (ts.isFunctionLike(scope))
      return scope.parameters.some((parameter) => names(parameter.name).includes(node.text));
    if (ts.isBlock(scope) || ts.isSourceFile(scope))
      return scope.statements.some(
        (statement) => ts.isVariableStatement(statement) && declaresIn(statement.declarationList, node.text),
      );
    return (
      ts.isForOfStatement(scope) &&
      ts.isVariableDeclarationList(scope.initializer) &&
      declaresIn(scope.initializer, node.text)
    );
  };
  return ts.findAncestor(node, declares) !== undefined;
}

function declaresIn({ declarations }: ts.VariableDeclarationList, name: string): boolean {
  return declarations.some((declaration) => names(declaration.name).includes(name));
}

function names(name: ts.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? names(element.name) : []));
}

/** What the text imports, re-exports, or names in `import('...')`. */
export function sourceImports(path: string, text: string): SourceFile {
  const imports: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier !== undefined && ts.isStringLiteralLike(specifier))
      imports.push({ from: specifier.text, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node))
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node))
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(parse(path, text));
  return { path, imports };
}

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
}
