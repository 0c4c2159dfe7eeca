// Copies declarations of runtime/serve into generated code: those it uses, those they use, and nothing else.

import { Node, type SourceFile, type Statement } from "ts-morph";
import { append } from "../../common/arrays.ts";
import { invariant } from "../../common/internal-error.ts";
import { newProject, referencedNames } from "./project.ts";

/** Texts of the files of runtime/serve by path, as the edge read them. */
export type ServeSources = ReadonlyMap<string, string>;

/** One declaration of runtime/serve, with its comment. */
interface Declaration {
  readonly exported: string;
  readonly internal: string;
  /** Other declarations that it refers to. */
  readonly uses: ReadonlySet<string>;
}

/** By name, in the order of the files. */
type Library = ReadonlyMap<string, Declaration>;

/** Reading the sources takes longer than all the rest, and they are the same for every module of a process. */
const libraries = new WeakMap<ServeSources, Library>();

/**
 * The texts of the declarations of `sources` that `roots` name, with all they refer to, in the order of the files.
 * Only those called in `exported` are exported.
 */
export function carry(
  sources: ServeSources,
  roots: Iterable<string>,
  exported: ReadonlySet<string>,
): string[] {
  let library = libraries.get(sources);
  if (library === undefined) {
    library = readLibrary(sources);
    libraries.set(sources, library);
  }
  const used = new Set<string>();
  const open = [...roots];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (used.has(name)) continue;
    const declaration = library.get(name);
    invariant(declaration, `runtime/serve has no ${name}`);
    used.add(name);
    append(open, declaration.uses);
  }
  return [...library]
    .filter(([name]) => used.has(name))
    .map(([name, declaration]) => (exported.has(name) ? declaration.exported : declaration.internal));
}

/** Those of these names that a file refers to. */
export function referredTo(file: SourceFile, names: readonly string[]): string[] {
  const referenced = referencedNames(file.compilerNode);
  return names.filter((name) => referenced.has(name));
}

function readLibrary(sources: ServeSources): Library {
  const project = newProject();
  const files = [...sources].map(([path, text]) => project.createSourceFile(`/serve/${path}`, text));
  const statements = new Map<string, Statement>();
  for (const statement of files.flatMap((file) => file.getStatements())) {
    const name = nameOf(statement);
    if (name === null) continue;
    invariant(!statements.has(name), `runtime/serve declares ${name} twice`);
    statements.set(name, statement);
  }
  const library = new Map<string, Declaration>();
  for (const [name, statement] of statements) {
    const uses = new Set<string>();
    statement.forEachDescendant((node) => {
      if (Node.isIdentifier(node) && statements.has(node.getText()) && refersToTopLevel(node))
        uses.add(node.getText());
    });
    library.set(name, { exported: statement.getText(true), internal: withoutExport(statement), uses });
  }
  return library;
}

/** The name that a statement declares; null for imports and re-exports. */
function nameOf(statement: Statement): string | null {
  if (Node.isVariableStatement(statement)) {
    const [first, ...more] = statement.getDeclarations();
    invariant(first && more.length === 0, "runtime/serve declares its constants one by one");
    return first.getName();
  }
  if (
    Node.isFunctionDeclaration(statement) ||
    Node.isClassDeclaration(statement) ||
    Node.isInterfaceDeclaration(statement) ||
    Node.isTypeAliasDeclaration(statement)
  )
    return statement.getName() ?? null;
  return null;
}

function withoutExport(statement: Statement): string {
  const text = statement.getText(true);
  const modifiers = Node.isModifierable(statement) ? statement.getModifiers() : [];
  const modifier = modifiers.find((each) => each.getText() === "export");
  if (modifier === undefined) return text;
  const at = modifier.getStart() - statement.getStart(true);
  return text.slice(0, at) + text.slice(at + "export ".length);
}

/** Whether a name means a declaration of its file, or one that its file imports: no property, no local. */
function refersToTopLevel(node: Node): boolean {
  const declarations = node.getSymbol()?.getDeclarations() ?? [];
  return declarations.some(
    (declaration) =>
      Node.isImportSpecifier(declaration) ||
      (Node.isVariableDeclaration(declaration)
        ? Node.isSourceFile(declaration.getVariableStatement()?.getParent())
        : Node.isSourceFile(declaration.getParent())),
  );
}
