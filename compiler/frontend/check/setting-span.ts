// Finds the location of a setting of `train` in the text of a model.

import type { Span } from "../../common/source-file.ts";
import type { Model } from "../model/model.ts";
import type { Item } from "../syntax/nodes.ts";
import { parse } from "../syntax/parse.ts";

/** Null if the setting is in another file or nowhere. */
export function settingSpan({ file, assembly }: Pick<Model, "file" | "assembly">, key: string): Span | null {
  const items: readonly Item[] = assembly?.items ?? parse(file).value?.items ?? [];
  const settings = items.flatMap((item) => (item.kind === "train" ? item.settings : []));
  return settings.find((setting) => setting.key.name === key)?.span ?? null;
}
