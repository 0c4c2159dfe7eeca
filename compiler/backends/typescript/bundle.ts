// Takes declarations of compiler/serve into generated code: those it uses, those they use, and nothing else.

import { append } from "../../common/arrays.ts";
import { invariant } from "../../common/internal-error.ts";
import { library } from "./library.generated.ts";
import type { BundledDeclaration } from "./writer.ts";

const byName = new Map(library.map((declaration) => [declaration.name, declaration]));

/**
 * The declarations that `roots` name, with all they refer to, in the order of the files. Only those called in `exported` are
 * exported.
 */
export function bundle(roots: Iterable<string>, exported: ReadonlySet<string>): BundledDeclaration[] {
  const used = new Set<string>();
  const open = [...roots];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (used.has(name)) continue;
    const declaration = byName.get(name);
    invariant(declaration, `compiler/serve has no ${name}`);
    used.add(name);
    append(open, declaration.uses);
  }
  return library
    .filter(({ name }) => used.has(name))
    .map(({ name, comment, code, javascript }) => {
      const modifier = exported.has(name) ? "export " : "";
      return {
        ...{ kind: "carried", name, isExported: exported.has(name) },
        typescript: `${comment}${modifier}${code}`,
        javascript: javascript === "" ? "" : `${modifier}${javascript}`,
      };
    });
}
