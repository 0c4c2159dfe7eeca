// Where a setting of `train` stands in the text of a model.

import type { Span } from "../../common/source-file.ts";
import type { Model } from "../model/model.ts";
import type { Item } from "../syntax/nodes.ts";
import { parse } from "../syntax/parse.ts";

/** Null where another file says it, or nobody. */
export function placeOfSetting(
  { file, assembly }: Pick<Model, "file" | "assembly">,
  key: string,
): Span | null {
  const items: readonly Item[] = assembly?.items ?? parse(file).value?.items ?? [];
  const settings = items.flatMap((item) => (item.kind === "train" ? item.settings : []));
  return settings.find((setting) => setting.key.name === key)?.span ?? null;
}
