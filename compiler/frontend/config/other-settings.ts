// Settings that are written at another place than dinc's, or as in other tools: the help names the right place.

import { unknownKey, wrongSetting } from "../../diagnostics/catalog/data.ts";
import type { Help } from "../../diagnostics/diagnostic.ts";
import { instead, wordsFor } from "../../diagnostics/field-words/field-words.ts";
import type { Settings } from "./setting-kinds.ts";
import { settings } from "./settings.ts";

/** Words that only dinc.yaml has, not `train` of a spec. */
const OWN: Readonly<Record<string, string>> = {
  ...words("model model_path", "spec: model.din"),
  ...words("path file csv_path train_data train_path", "data.train: clicks.csv"),
  ...words("val validation valid_data valid_path", "data.valid: valid.csv"),
  ...words("test_data test_path", "data.test: test.csv"),
  ...words("split valid_split validation_split test_size", "data.validate: { share: 0.1, by: user_id }"),
  ...words("sep delim", 'data.csv: { delimiter: ";" }'),
  ...words("root data_root data_dir base_dir", "data.dir: ../data"),
};

/** Settings of `train` in a spec that dinc.yaml does not override. */
const IN_SPEC = /^(?:optimizer|loss|metrics|schedule|clip|stop|regularize|average)$/;

/** Groups for which people write one value. */
const GROUPS: Readonly<Record<string, string>> = {
  train: "rows are named under `data`: `data: { train: clicks.csv }`",
  data: "write `data: { train: clicks.csv }`",
  "data.validate": "write `validate: { share: 0.1, by: user_id }`",
  "data.label": "the spec names the label's column: `label click : binary`",
  "data.items": "write `items: { path: items.csv, key: item_id }`",
  "data.users": "write `users: { path: users.csv, key: user_id }`",
};

function words(names: string, meant: string): Record<string, string> {
  return Object.fromEntries(names.split(" ").map((name) => [name, meant]));
}

/**
 * The help for a key that isn't a setting where it is written, but resembles `near` there; null if nothing better is
 * known.
 */
export function helpForKey(written: string, near: string | null): Help | null {
  const { called, inTrain, aside } = unknownKey.helps;
  const key = written.toLowerCase().replaceAll("-", "_");
  if (Object.hasOwn(OWN, key)) return called(OWN[key]!);
  if (near !== null) return null;
  const [word] = wordsFor(key, "setting");
  const path = pathOf(key) ?? (word?.is === undefined ? null : pathOf(word.is));
  if (path !== null) return called(path);
  if (IN_SPEC.test(key)) return inTrain(`\`${key}\` is a setting of the model`);
  if (word === undefined || word.names.includes("dataset")) return null;
  return word.is === undefined && word.write === undefined
    ? aside(instead(word, written))
    : inTrain(instead(word, written));
}

/** The help for one value where a group of settings belongs. */
export function helpForGroup(path: string): Help | null {
  return Object.hasOwn(GROUPS, path) ? wrongSetting.helps.example(GROUPS[path]!) : null;
}

/** The only setting of this name, or that of a training. */
function pathOf(name: string): string | null {
  const paths = pathsOf(settings.settings, name);
  return paths.length === 1 ? paths[0]! : (paths.find((path) => path.startsWith("train.")) ?? null);
}

/** The full names of settings called `key`. */
function pathsOf(group: Settings, key: string, path = ""): string[] {
  return Object.entries(group).flatMap(([name, described]) => [
    ...(name === key ? [path + name] : []),
    ...(described.what === "group" ? pathsOf(described.settings, key, `${path}${name}.`) : []),
  ]);
}
