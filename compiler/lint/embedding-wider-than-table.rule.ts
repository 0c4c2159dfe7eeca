// An embedding with more numbers for each id than there are ids.

import { allFeatures } from "../model/model.ts";
import { defineRule } from "./define-rule.ts";
import { declaredRows } from "./table-rows.ts";

export const embeddingWiderThanTable = defineRule<{ name: string; width: number; rows: number }>({
  code: "DIN0712",
  name: "embedding-wider-than-table",
  message: ({ name, width, rows }) =>
    `\`${name}\` has ${width} numbers for each id, but its table has only ${rows} rows`,
  explanation:
    "Vectors of a table with r rows lie in a space of r dimensions, whatever their width: what is wider costs time and tells nothing more. Around the fourth root of the number of ids, times a few, is usual. Models that need one width for all fields, as factorisation machines do, are not meant: a width that another feature shares is left alone.",
  examine({ model, declarations }, advise) {
    const embedded = allFeatures(model).filter((feature) => feature.embed !== null);
    for (const feature of embedded) {
      const [rows, width] = [declaredRows(feature), feature.embed!];
      if (rows === null || width <= rows) continue;
      if (embedded.some((other) => other !== feature && other.embed === width)) continue;
      advise({ name: feature.name, width, rows }, declarations.featureSyntax.get(feature.name)!.embed!.span, {
        help: `\`embed ${Math.max(2, Math.ceil(rows / 2))}\` is plenty`,
      });
    }
  },
});
