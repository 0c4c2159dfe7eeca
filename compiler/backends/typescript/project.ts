// How generated sources are held and turned into JavaScript.

import { IndentationText, Project, type SourceFile, ts } from "ts-morph";
import { fingerprintOf } from "./fingerprint.ts";
import { quoted } from "./text.ts";

const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };

export function newProject(): Project {
  return new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    compilerOptions,
    manipulationSettings: { indentationText: IndentationText.TwoSpaces },
  });
}

/** Ends a module with the name of its program, which the file `carrier` must carry to be accepted, and gives that name. */
export function nameProgram(file: SourceFile, carrier: string): string {
  const program = fingerprintOf(file.getFullText());
  file.addStatements([
    `/** Names this program; ${carrier} carries the same name. */`,
    `const PROGRAM = ${quoted(program)};`,
  ]);
  file.formatText({ indentSize: 2 });
  return program;
}

/** JavaScript: the text without its types, its comments kept or left out. */
export function withoutTypes(text: string, comments: "comments" | "no comments" = "comments"): string {
  const removeComments = comments === "no comments";
  return ts.transpileModule(text, { compilerOptions: { ...compilerOptions, removeComments } }).outputText;
}
