// Every binding, one line each: `bindingNames` lists the same names where the command line reads them.

import { bindingsWithoutTable, unknownBinding } from "../../../diagnostics/catalog/compile.ts";
import { DiagnosticError, diagnose, noLocation } from "../../../diagnostics/diagnostic.ts";
import { type BindingName, bindingNames } from "../../contract/emit-options.ts";
import type { LanguageBinding } from "./binding.ts";
import { cpp } from "./cpp/binding.ts";
import { go } from "./go/binding.ts";
import { java } from "./java/binding.ts";
import { node } from "./node/binding.ts";
import { python } from "./python/binding.ts";
import { rust } from "./rust/binding.ts";

export const bindings: Readonly<Record<BindingName, LanguageBinding>> = { cpp, python, node, go, rust, java };

/** The bindings of these names, each once. Throws DiagnosticError for a name that is none, and where stores have tables. */
export function bindingsOf(
  names: readonly string[],
  tablesInStores: readonly string[],
): readonly LanguageBinding[] {
  const unknown = [...new Set(names)].filter((name) => !Object.hasOwn(bindings, name));
  if (unknown.length > 0)
    throw new DiagnosticError(
      unknown.map((name) => diagnose(unknownBinding, { name, known: bindingNames }, noLocation)),
    );
  if (names.length > 0 && tablesInStores.length > 0)
    throw new DiagnosticError([
      diagnose(bindingsWithoutTable, { tables: tablesInStores, bindings: names }, noLocation),
    ]);
  return bindingNames.filter((name) => names.includes(name)).map((name) => bindings[name]);
}
