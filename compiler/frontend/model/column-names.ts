// Derives a spec's name for a column whose own name is not valid in the language. Reading finds the column by
// that name, so neither data nor spec needs a table of names.

const NAME = /^_*[a-z][a-z0-9_]*$/;

/**
 * The column's name in snake_case, or the name itself if it is already in snake_case: `Item ID`, `itemId` and
 * `item.id` are `item_id`; accents fall away, and letters that are not Latin become their code points,
 * `u4ef7_u683c`. Null if nothing is left. Two columns may have one name.
 */
export function nameOfColumn(column: string): string | null {
  if (NAME.test(column)) return column;
  const name = column
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/(?<![A-Z])([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase()
    .replace(/(?![a-z0-9])[\p{L}\p{N}]/gu, (letter) => `_u${letter.codePointAt(0)!.toString(16)}_`)
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|(?<!_)_+$/g, "");
  if (name === "") return null;
  return /^[a-z]/.test(name) ? name : `column_${name}`;
}
