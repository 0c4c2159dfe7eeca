// Copies declarations of runtime/serve into generated code: those it uses, those they use, and nothing else.

import { Node, type Project, type SourceFile, type Statement } from "ts-morph";
import { invariant } from "../../internal-error.ts";

/** Texts of the files of runtime/serve by path, as the edge read them. */
export type ServeSources = ReadonlyMap<string, string>;

/**
 * Adds the declarations of `sources` that `roots` name, with all they refer to, to `target`. Only `exported` ones
 * stay exported.
 */
export function carry(
  project: Project,
  sources: ServeSources,
  roots: Iterable<string>,
  exported: ReadonlySet<string>,
  target: SourceFile,
): void {
  const files = [...sources].map(([path, text]) => project.createSourceFile(`/serve/${path}`, text));
  const declared = new Map<string, Statement>();
  for (const file of files) {
    for (const statement of file.getStatements()) {
      for (const name of namesOf(statement)) {
        invariant(!declared.has(name), `runtime/serve declares ${name} twice`);
        declared.set(name, statement);
      }
    }
  }
  const used = new Set<Statement>();
  const use = (statement: Statement): void => {
    if (used.has(statement)) return;
    used.add(statement);
    statement.forEachDescendant((node) => {
      if (!Node.isIdentifier(node)) return;
      const name = node.getText();
      if (declared.has(name) && refersToTopLevel(node)) use(declared.get(name)!);
    });
  };
  for (const root of roots) {
    const statement = declared.get(root);
    invariant(statement, `runtime/serve has no ${root}`);
    use(statement);
  }
  const kept = files.flatMap((file) => file.getStatements()).filter((statement) => used.has(statement));
  // One edit: each makes ts-morph read the target again.
  target.addStatements(
    kept.map((statement) =>
      textOf(
        statement,
        namesOf(statement).some((name) => exported.has(name)),
      ),
    ),
  );
}

/** The declaration with its comment, after an empty line. */
function textOf(statement: Statement, keepExport: boolean): string {
  const text = statement.getText(true);
  const modifiers = Node.isModifierable(statement) ? statement.getModifiers() : [];
  const modifier = modifiers.find((each) => each.getText() === "export");
  if (modifier === undefined || keepExport) return `\n${text}`;
  const at = modifier.getStart() - statement.getStart(true);
  return `\n${text.slice(0, at)}${text.slice(at + "export ".length)}`;
}

function namesOf(statement: Statement): string[] {
  if (Node.isVariableStatement(statement)) return statement.getDeclarations().map((each) => each.getName());
  if (
    Node.isFunctionDeclaration(statement) ||
    Node.isClassDeclaration(statement) ||
    Node.isInterfaceDeclaration(statement) ||
    Node.isTypeAliasDeclaration(statement)
  )
    return [statement.getName()!];
  return [];
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
