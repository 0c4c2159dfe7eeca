// Copies declarations of compiler/serve into generated code: those it uses, those they use, and nothing else.

import { append } from "../../common/arrays.ts";
import { invariant } from "../../common/internal-error.ts";
import { type LibraryDeclaration, library } from "./library.generated.ts";
import type { BundledDeclaration, ConstantDeclaration } from "./writer.ts";

/** The declarations that take the places of others if candidates are computed together: those of serve/together.ts. */
export const TOGETHER: ReadonlyMap<string, string> = new Map([
  ["candidatesAtATime", "candidatesTogether"],
  ["computeBlock", "computeTogether"],
  ["readSomeCandidates", "readSomeTogether"],
  ["repeated", "notRepeated"],
]);

/** The constant that they read. */
export function mostCandidates(most: number | null): readonly ConstantDeclaration[] {
  return most === null ? [] : [{ kind: "constant", name: "MOST_CANDIDATES", value: String(most) }];
}

const memberDocs = /^ +\/\*\*.*?\*\/\n/gms;

const byName = new Map(library.map((declaration) => [declaration.name, declaration]));

/** Tells whether the library declares a name. */
export function isBundled(name: string): boolean {
  return byName.has(name);
}

/**
 * The declarations in `roots` and everything they refer to, in the order of the files. Only those named in
 * `exported` are exported. `without` lists members to leave out (`Ranker.explain`), and `instead` the declarations
 * that take the places and names of others.
 */
export function bundle(
  roots: Iterable<string>,
  exported: ReadonlySet<string>,
  without: ReadonlySet<string> = new Set(),
  instead: ReadonlyMap<string, string> = new Map(),
): BundledDeclaration[] {
  const placed = new Map(
    [...instead].map(([name, other]) => [name, renamed(byName.get(other), name)] as const),
  );
  const used = new Set<string>();
  const open = [...roots];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (used.has(name)) continue;
    const declaration = placed.get(name) ?? byName.get(name);
    invariant(declaration, `compiler/serve has no ${name}`);
    used.add(name);
    append(open, declaration.uses);
    for (const member of declaration.members ?? [])
      if (!without.has(`${name}.${member.name}`)) append(open, member.uses);
  }
  return library
    .filter(({ name }) => used.has(name))
    .map((declaration) => placed.get(declaration.name) ?? declaration)
    .map(({ name, comment, code, javascript, uses, members = [] }) => {
      const modifier = exported.has(name) ? "export " : "";
      const left = members.filter((member) => without.has(`${name}.${member.name}`));
      const kept = (text: string, language: "code" | "javascript") =>
        left.reduce((rest, member) => rest.replace(member[language], ""), text);
      // Types that users can't name, and members of such classes, are documented in compiler/serve.
      const isInternal = !exported.has(name);
      const typescript = kept(code, "code");
      const isUndocumented = isInternal && javascript === "";
      return {
        ...{ kind: "carried", name, isExported: exported.has(name) },
        typescript: `${isUndocumented ? "" : comment}${modifier}${isInternal ? typescript.replace(memberDocs, "") : typescript}`,
        javascript: javascript === "" ? "" : `${modifier}${kept(javascript, "javascript")}`,
        uses: [
          ...uses,
          ...members.filter((member) => !left.includes(member)).flatMap((member) => member.uses),
        ],
      };
    });
}

/** The declaration under another name. */
function renamed(declaration: LibraryDeclaration | undefined, name: string): LibraryDeclaration {
  invariant(declaration, `compiler/serve has nothing in place of ${name}`);
  const under = (text: string) => text.replace(`function ${declaration.name}(`, () => `function ${name}(`);
  return {
    ...declaration,
    name,
    code: under(declaration.code),
    javascript: under(declaration.javascript),
  };
}
