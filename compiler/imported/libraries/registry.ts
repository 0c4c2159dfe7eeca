// The libraries whose checkpoints dinc imports, each in one object.

import { fuxictr } from "./fuxictr.library.ts";
import type { CheckpointLibrary } from "./library.ts";

export const libraries: readonly CheckpointLibrary[] = [fuxictr];

export function libraryNamed(name: string): CheckpointLibrary | null {
  return libraries.find((library) => library.name === name) ?? null;
}
