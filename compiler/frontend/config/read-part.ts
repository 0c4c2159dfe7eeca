// Reads the settings for the part of the training rows that is kept aside: `data.validate` and
// `data.hold_out`.

import { validateByBoth, validateTwice } from "../../diagnostics/catalog/settings.ts";
import type { ExamplePart, HeldOutPart, PartByColumn, PartByRow, PartLatest } from "./config.ts";
import type { DataForm } from "./setting-kinds.ts";
import type { SettingReader } from "./setting-reader.ts";
import type { SettingOrigin } from "./setting-tree.ts";
import type { settings } from "./settings.ts";

type Data = (typeof settings)["settings"]["data"]["settings"];
type PartSettings = Data["hold_out"]["settings"] & Partial<Pick<Data["validate"]["settings"], "fold">>;

/** Reads a part of the training rows, or of the users of an event log; returns null if it is incomplete. */
export function readPart(
  reader: SettingReader<PartSettings> | null,
  key: SettingOrigin | null,
  form: DataForm,
): { readonly part: HeldOutPart; readonly way: Way | null } | null {
  if (reader === null) return null;
  const of = reader.settings;
  const share = reader.value(of.share);
  const fold = of.fold === undefined ? null : reader.value(of.fold);
  const way = form === "rows" ? readWay(reader) : null;
  const seed = reader.value(of.seed);
  if (key === null || (share === null && fold === null)) return null;
  const { location } = key;
  const part =
    fold === null ? { share: share!, seed, location } : { share: 1 / fold.of, fold, seed, location };
  return { part, way };
}

type Way = Pick<PartByColumn, "by"> | Pick<PartByRow, "rows"> | Pick<PartLatest, "latestBy">;

/** Reads how rows are chosen. Only one way is allowed; a second one is reported. */
function readWay(part: SettingReader<PartSettings>): Way | null {
  const of = part.settings;
  const ways = Object.entries({ by: of.by, rows: of.rows, latest_by: of.latest_by }).flatMap(
    ([way, described]) => {
      const key = part.keyOf(described);
      return key === null ? [] : [{ way, key }];
    },
  );
  for (const { way, key } of ways.slice(1, 2)) part.report(validateByBoth, { first: ways[0]!.way, way }, key);
  const [by, rows, latestBy] = [part.value(of.by), part.value(of.rows), part.value(of.latest_by)];
  if (by !== null) return { by };
  return rows !== null ? { rows } : latestBy !== null ? { latestBy } : null;
}

export function partOfRows(read: ReturnType<typeof readPart>): ExamplePart | null {
  return read === null || read.way === null ? null : { ...read.part, ...read.way };
}

/** Reports a split that comes both from a file and from the training rows. */
export function reportTwice(data: SettingReader<Data>): void {
  const of = data.settings;
  const splits = [
    { rows: "validation", file: of.valid, part: of.validate, names: ["valid", "validate"] },
    { rows: "test", file: of.test, part: of.hold_out, names: ["test", "hold_out"] },
  ] as const;
  for (const { rows, file, part, names } of splits) {
    const key = data.keyOf(part);
    if (key !== null && data.keyOf(file) !== null)
      data.report(validateTwice, { rows, file: names[0], part: names[1] }, key);
  }
}
