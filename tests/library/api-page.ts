// docs/api.md, made from what `dinc` and `dinc/node` export: each function with its docstring and its
// declaration, then the types. The page is kept in git, since docs/versions.md promises what it lists, and its difference
// shows a reviewer what changes for users.

import { join } from "node:path";
import { type ClassDeclaration, type ExportedDeclarations, type JSDoc, Node, Project } from "ts-morph";
import { root } from "../cli/spawn.ts";

const INTRODUCTION = `# dinc as a library

<!-- Generated from the docstrings: npm run generate -->

\`dinc\` is the language: it checks, formats, draws and explains specs. It is pure, and runs in browsers too. So does \`dinc/train\`, which
has all of it and trains on rows in memory. \`dinc/node\` has all of \`dinc\`, too: it trains on files, scores and compiles. The command line
calls these and has no other way to anything.

\`\`\`ts
import { check, render, sourceFile } from "dinc";

const { value: model, diagnostics } = check(sourceFile("model.din", text));
if (model === null) console.error(render(diagnostics, "pretty"));
\`\`\`

\`\`\`ts
import { compile, evaluate, openRun, train } from "dinc/node";

const { folder } = await train("model.din", { config: "dinc.yaml", out: "run", onEvent: (event) => console.log(event.kind) });
const run = await openRun(folder);
const { evaluations } = await evaluate(run, { data: "test.csv" });
await compile(run, { out: "ranker" });
\`\`\`

\`\`\`ts
import { check, openTraining, sourceFile } from "dinc/train";

const { value: model } = check(sourceFile("model.din", text));
const training = await openTraining(model, { train: rows, onEvent: (event) => console.log(event.kind) });
await training.run({ steps: 100 });
const evaluations = await training.evaluate(others);
const trained = training.trained();
\`\`\`

A spec with mistakes is a value beside its diagnostics in \`dinc\`. What stops a call of \`dinc/train\` or \`dinc/node\` is thrown: \`DiagnosticError\` for what is
wrong with a spec, settings, data or a run; \`UsageError\` for options that do not fit each other; \`Stopped\` where the caller's
\`AbortSignal\` ended it; \`InternalError\` for a mistake of dinc. Nothing is printed, no argument of the process is read, and no signal is
listened to. Messages name options as callers write them: \`onBadRow: "skip"\`. Declarations are clean without \`skipLibCheck\`; those of \`dinc/node\` need TypeScript 5.7 and \`@types/node\`. Files for
editors are under \`dinc/editors/\`, such as \`dinc/editors/dinc.schema.json\`.
`;

interface Entry {
  readonly name: string;
  readonly declarations: readonly ExportedDeclarations[];
}

export function apiPage(): string {
  return pageOf({
    dinc: "compiler/index.ts",
    "dinc/train": "compiler/train/index.ts",
    "dinc/node": "runtime/index.ts",
  });
}

/** The page of entry points, by name. Each later one lists what the earlier ones do not have. */
export function pageOf(entryPoints: Readonly<Record<string, string>>): string {
  const project = new Project({
    tsConfigFilePath: join(root, "tsconfig.json"),
    skipAddingFilesFromTsConfig: true,
  });
  const listed = new Map<string, Entry>();
  /** The introduction says that the others have all of the first one. */
  const first = new Set<string>();
  const parts = Object.entries(entryPoints).map(([title, path], i) => {
    const exported = project.addSourceFileAtPath(join(root, path)).getExportedDeclarations();
    const entries = [...exported].map(([name, declarations]): Entry => ({ name, declarations }));
    const added = entries.filter((entry) => !isListed(entry, listed.get(entry.name), title));
    const shared = entries.map(({ name }) => name).filter((name) => listed.has(name) && !first.has(name));
    for (const entry of added) listed.set(entry.name, entry);
    if (i === 0) for (const { name } of added) first.add(name);
    return sections(title, added, shared);
  });
  return [INTRODUCTION, ...parts.flat()].join("\n");
}

/** Throws where two entry points export different things under one name: the page could show only one of them. */
function isListed({ name, declarations }: Entry, earlier: Entry | undefined, title: string): boolean {
  if (earlier === undefined) return false;
  if (declarations.every((declaration) => earlier.declarations.includes(declaration))) return true;
  throw new Error(`${title} exports another ${name} than the entry points before it: rename one of them`);
}

/** `shared` are the names that an earlier entry point has, too. */
function sections(title: string, entries: readonly Entry[], shared: readonly string[]): string[] {
  const inOrder = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
  const isFunction = ({ declarations }: Entry) => Node.isFunctionDeclaration(declarations[0]);
  return [
    `## ${title}\n`,
    ...(shared.length === 0
      ? []
      : [
          `Also here, from above: ${[...shared]
            .sort()
            .map((name) => `\`${name}\``)
            .join(", ")}.\n`,
        ]),
    ...inOrder.filter(isFunction).map(entryText),
    `## Types of ${title}\n`,
    ...inOrder.filter((entry) => !isFunction(entry)).map(entryText),
  ];
}

function entryText({ name, declarations }: Entry): string {
  const shown = declarations.flatMap((declaration) =>
    Node.isFunctionDeclaration(declaration) && declaration.getOverloads().length > 0
      ? declaration.getOverloads()
      : [declaration],
  );
  const doc = shown.map(docOf).find((text) => text !== "") ?? "";
  const code = shown.map((declaration) => codeOf(name, declaration)).join("\n");
  return `### ${name}\n\n${doc === "" ? "" : `${doc}\n\n`}\`\`\`ts\n${code}\n\`\`\`\n`;
}

function docOf(declaration: Node): string {
  return Node.isJSDocable(declaration) ? docText(declaration.getJsDocs()) : "";
}

function docText(docs: readonly JSDoc[]): string {
  return docs.map((doc) => doc.getDescription().trim()).join("\n");
}

/** The declaration without `export`, and without bodies. */
function codeOf(name: string, declaration: Node): string {
  if (Node.isClassDeclaration(declaration)) return classText(declaration);
  const body = Node.isFunctionDeclaration(declaration) ? declaration.getBody() : undefined;
  const text = Node.isInterfaceDeclaration(declaration)
    ? declaration
        .getMembers()
        .filter(isInternal)
        .reduce((left, member) => left.replace(member.getFullText(), ""), declaration.getText())
    : declaration.getText();
  const head =
    body === undefined ? text : `${text.slice(0, body.getStart() - declaration.getStart()).trimEnd()};`;
  if (Node.isVariableDeclaration(declaration))
    return `const ${name}: ${declaration.getType().getText(declaration)};`;
  return head
    .replace(/^export /, "")
    .replace(/^async function/, "function")
    .replace(/^(interface|type) \w+/, `$1 ${name}`);
}

/** Declarations leave it out (`stripInternal`). */
function isInternal(member: Node): boolean {
  const docs = Node.isJSDocable(member) ? member.getJsDocs() : [];
  return docs.some((doc) => doc.getTags().some((tag) => tag.getTagName() === "internal"));
}

/** What others see of a class. */
function classText(declaration: ClassDeclaration): string {
  const parent = declaration.getExtends();
  const members = declaration.getMembers().flatMap((member) => {
    const docs = Node.isJSDocable(member) ? member.getJsDocs() : [];
    if (isInternal(member) || (Node.isModifierable(member) && member.hasModifier("private"))) return [];
    const body = Node.isBodied(member) || Node.isBodyable(member) ? member.getBody() : undefined;
    const text = member.getText();
    const head =
      body === undefined ? text : `${text.slice(0, body.getStart() - member.getStart()).trimEnd()};`;
    return [...docs.map((doc) => doc.getText()), head].map((line) => `  ${line}`);
  });
  const heritage = parent === undefined ? "" : ` extends ${parent.getText()}`;
  return `class ${declaration.getName()}${heritage} {\n${members.join("\n")}\n}`;
}
