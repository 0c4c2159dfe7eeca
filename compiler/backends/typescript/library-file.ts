// Moves the library of a module into a file beside it, so that `model.ts` shows the model alone. Declarations
// move unless they refer to those of the model.

import { type FinishedModule, NOT_LINTED, type TwoLanguages } from "./finish-module.ts";
import {
  type BundledDeclaration,
  type Declaration,
  type Form,
  importOf,
  javascript,
  mentionedBy,
  mentionedIn,
  typescript,
  written,
} from "./writer.ts";

export interface SeparateModule {
  /** `model.ts`, which imports `model.library.js`. */
  readonly typescript: string;
  readonly library: TwoLanguages;
}

const FILE = "./model.library.js";
const HEAD = `${NOT_LINTED}\n// Kernels and encoders of model.ts, the same for every model that needs them.\n\n`;

/** `called` are the library's declarations that users call, which stay. */
export function separateLibrary(
  { head, declarations: all }: Pick<FinishedModule, "head" | "declarations">,
  called: ReadonlySet<string>,
): SeparateModule {
  const moved = movable(all, called);
  const stay = all.filter(({ name }) => !moved.has(name));
  const isUsedBy = (users: readonly Declaration[]) => {
    const used = new Set([
      ...mentionedBy(users.filter(({ kind }) => kind !== "carried")),
      ...users.flatMap((each) => (each.kind === "carried" ? each.uses : [])),
    ]);
    return ({ name }: Declaration) => used.has(name);
  };
  // No file can export what only the platform has, so that both declare it.
  const isGlobal = (each: Declaration) => each.kind === "carried" && /^declare /m.test(each.typescript);
  const kept = [...all.filter(isGlobal).filter(isUsedBy(stay)), ...stay];
  const isNeeded = isUsedBy(kept);
  const library = all.filter((each) => each.kind === "carried").filter(({ name }) => moved.has(name));
  const isUsed = (each: Declaration) => isNeeded(each) && !isGlobal(each);
  const isExported = (each: Declaration) => each.isExported === true;
  const exportsOf = (form: Form) => {
    const names = namesOf(
      library.filter((each) => isUsed(each) && !isExported(each)),
      form,
    );
    return names.length === 0 ? "" : `\n${importOf("export", names, null).join("\n")}\n`;
  };
  const fileIn = (form: Form) => `${HEAD}${written(library, form)}\n${exportsOf(form)}`;
  return {
    typescript: [
      head,
      "",
      ...importOf("import", namesOf(library.filter(isUsed), typescript), FILE),
      "",
      ...importOf("export", namesOf(library.filter(isExported), typescript), FILE),
      "",
      `${written(kept, typescript)}\n`,
    ].join("\n"),
    library: { typescript: fileIn(typescript), javascript: fileIn(javascript) },
  };
}

/** Names in a list of imports or exports. */
function namesOf(declarations: readonly BundledDeclaration[], { language }: Form): string[] {
  return declarations.flatMap(({ name, javascript }) => {
    if (javascript !== "") return [name];
    return language === "typescript" ? [`type ${name}`] : [];
  });
}

/** The names of the library's declarations that need none of the model's. */
function movable(all: readonly Declaration[], called: ReadonlySet<string>): ReadonlySet<string> {
  const library = all.filter((each) => each.kind === "carried");
  const others = new Set(all.flatMap((each) => (each.kind === "carried" ? [] : [each.name])));
  const needsModel = (code: string) => [...mentionedIn(code)].some((name) => others.has(name));
  const moved = new Set(
    library
      .filter(({ name, typescript }) => !called.has(name) && !needsModel(typescript))
      .map(({ name }) => name),
  );
  // Until none is left that uses one that stays.
  for (let before = -1; before !== moved.size; ) {
    before = moved.size;
    for (const { name, uses } of library) if (!uses.every((each) => moved.has(each))) moved.delete(name);
  }
  return moved;
}
