// Readable names of items, from a column of titles or names next to their ids. The model need not read that
// column.

import { columnNamed } from "../../../compiler/data/table.ts";
import type { DataConfig } from "../../../compiler/frontend/config/config.ts";
import type { Model } from "../../../compiler/frontend/model/model.ts";
import type { DataFile } from "../formats/data-file.ts";
import { withFiles } from "./reading.ts";

export interface Titles {
  /** The feature whose ids they name. */
  readonly feature: string;
  /** The column of titles. */
  readonly column: string;
  readonly of: ReadonlyMap<string, string>;
}

/** The number of rows to look at; items that occur only later keep their ids as names. */
const MOST_ROWS = 200_000;

/** Null if no history is bound to an item's id, or if no column looks like its title. */
export async function readTitles(model: Model, source: DataConfig): Promise<Titles | null> {
  const feature = itemOf(model);
  if (feature === null) return null;
  const { path, key } = placeOf(source, feature);
  if (path === null || path === "-") return null;
  return withFiles<Titles | null>(path, { csv: source.csv }, async (files) => {
    const file = await files.file(path);
    const id = columnNamed(file, key);
    const title = titleBeside(file, feature);
    const column = title === null ? undefined : file.columns.get(title);
    if (id === undefined || column === undefined || id.type !== "value" || column.type !== "value")
      return null;
    const of = new Map<string, string>();
    const take = (ids: readonly unknown[], titles: readonly unknown[]) => {
      for (const [i, each] of ids.entries()) {
        const [written, name] = [String(each), titles[i]];
        if (typeof name === "string" && name !== "" && !of.has(written)) of.set(written, name);
      }
    };
    await files.scan(
      file,
      [id, column],
      ({ columns: [ids, titles] }) => take(ids!.cells, titles!.cells),
      MOST_ROWS,
    );
    return of.size === 0 ? null : { feature, column: column.name, of };
  });
}

/** The first single-valued item feature to which a history is bound. */
function itemOf({ histories }: Model): string | null {
  for (const { fields } of histories.values())
    for (const { feature } of fields)
      if (feature.scope === "item" && feature.set === null) return feature.name;
  return null;
}

function placeOf(
  source: DataConfig,
  feature: string,
): { readonly path: string | null; readonly key: string } {
  return source.kind === "rows"
    ? { path: source.train, key: feature }
    : source.items === null
      ? { path: source.events.path, key: source.events.item }
      : { path: source.items.path, key: source.items.key };
}

/** `movie_title` for `movie_id`; otherwise `item_title`, `title` or `name`. */
function titleBeside({ columns }: DataFile, feature: string): string | null {
  const stem = feature.replace(/_?id$/, "");
  const wanted = [stem, "item", "product", "movie", "video", "news", ""].flatMap((word) =>
    ["title", "name"].map((last) => (word === "" ? last : `${word}_${last}`)),
  );
  const names = [...columns.keys()];
  for (const each of wanted) {
    const found = names.find((name) => name.toLowerCase().replaceAll(/[\s.-]+/g, "_") === each);
    if (found !== undefined && found !== feature) return found;
  }
  return null;
}
