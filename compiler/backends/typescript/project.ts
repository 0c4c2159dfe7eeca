// How generated sources are held and turned into JavaScript.

import { IndentationText, Project, ts } from "ts-morph";

const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };

export function newProject(): Project {
  return new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    compilerOptions,
    manipulationSettings: { indentationText: IndentationText.TwoSpaces },
  });
}

/** JavaScript: the text without its types, its comments kept or left out. */
export function withoutTypes(text: string, comments: "comments" | "no comments" = "comments"): string {
  const removeComments = comments === "no comments";
  return ts.transpileModule(text, { compilerOptions: { ...compilerOptions, removeComments } }).outputText;
}
