// Declares a built-in function of the language; registry.ts lists them.

import type { LanguageFunction } from "./values.ts";

export function defineFunction(definition: LanguageFunction): LanguageFunction {
  return definition;
}
