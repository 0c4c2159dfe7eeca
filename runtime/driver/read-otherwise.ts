// Finds settings of dinc.yaml that make rows differently than in training: other steps of histories, another
// meaning of a label.

import { readOtherwise } from "../../compiler/diagnostics/catalog/scores.ts";
import { diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { DataConfig } from "../../compiler/frontend/config/config.ts";
import { type LabelRule, ruleText } from "../../compiler/frontend/config/label-rule.ts";
import { paddingText } from "../../compiler/frontend/config/padding.ts";
import { type DataFingerprint, howRead } from "../data/data-fingerprint.ts";
import type { OpenRun } from "../run/open-run.ts";
import { tellDiagnostics, type Watch } from "./events.ts";

type Reading = Pick<DataFingerprint, "label" | "impressions" | "lists">;

/**
 * Warns of each setting of `path` that differs from the training's; `label` is compared only if it is
 * measured.
 */
export function tellReadOtherwise(
  { folder: run, model, run: { manifest } }: OpenRun,
  data: DataConfig,
  { path, measures }: { readonly path: string; readonly measures: boolean },
  watch: Watch,
): void {
  tellDiagnostics(
    readDifferences(manifest.data, howRead(model, data, null), measures).map((difference) =>
      diagnose(readOtherwise, { path, run, ...difference }, noLocation),
    ),
    watch,
  );
}

/** A setting by its name in dinc.yaml, with its value in the training and now; null if it is not set. */
interface ReadDifference {
  readonly name: string;
  readonly there: string | null;
  readonly here: string | null;
}

/** The settings that now make rows differently; `label` is included only with `measures`. */
export function readDifferences(trained: Reading, now: Reading, measures: boolean): ReadDifference[] {
  const [there, here] = [settingsOf(trained, measures), settingsOf(now, measures)];
  return [...new Set([...there.keys(), ...here.keys()])]
    .filter((name) => there.get(name) !== here.get(name))
    .map((name) => ({ name, there: there.get(name) ?? null, here: here.get(name) ?? null }));
}

/** The settings that determine the rows, as texts by their names in dinc.yaml. */
function settingsOf(
  { label, impressions = {}, lists }: Reading,
  measures: boolean,
): ReadonlyMap<string, string> {
  const said = new Map<string, string>();
  if (measures && label !== undefined) said.set("data.label", labelText(label));
  if (lists?.padding !== undefined) said.set("data.padding", paddingText(lists.padding));
  for (const [name, text] of Object.entries(impressions)) said.set(`data.impressions.${name}`, text);
  return said;
}

function labelText(label: LabelRule): string {
  return `${label.from ?? "the column of its name"}: ${ruleText(label)}`;
}
