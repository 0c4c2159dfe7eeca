// Writes report.html: the record and the results of a training, as one static page. It contains no script and
// loads nothing; all content from a spec or from data is plain text. Only writing a run loads this module and
// its charts.

import { formatCount } from "../../compiler/common/format-count.ts";
import type { Evaluation } from "../../compiler/train/score.ts";
import { type EpochResult, positionText } from "../../compiler/train/state.ts";
import type { ManifestContents } from "../run/run-folder.ts";
import type { ReportFindings } from "./findings.ts";
import { html, type Markup, withCode } from "./markup.ts";
import { page } from "./page.ts";
import { amounts, attention, calibration, classes, embeddings, network, strengths } from "./sections.ts";
import { dataAndSettings, results, training } from "./training-sections.ts";

export interface ReportInput {
  readonly manifest: ManifestContents;
  /** The run's model.din. */
  readonly spec: { readonly path: string; readonly text: string };
  /** The documentation of the model in the spec. */
  readonly doc: string;
  readonly epochs: readonly EpochResult[];
  /** The measurements before the first step. */
  readonly begun: readonly Evaluation[];
  readonly findings: ReportFindings;
  /** One sentence each, such as how close the model came to the best possible one, or what was skipped. */
  readonly notes: readonly string[];
}

/** For a report without findings. */
export const NOTHING_FOUND: ReportFindings = { heldOut: null, tables: [], otherTables: 0, attention: null };

export function reportHtml({ manifest, spec, doc, epochs, begun, findings, notes }: ReportInput): string {
  return page(manifest.model, [
    header(manifest, doc, epochs.length),
    results(epochs[manifest.epoch - 1]?.evaluations ?? begun, notes),
    training(epochs, manifest.epoch),
    ...calibration(findings),
    ...amounts(findings),
    ...classes(findings),
    ...strengths(findings),
    ...attention(findings.attention),
    ...embeddings(findings),
    ...network(spec),
    dataAndSettings(manifest),
  ]);
}

function header(manifest: ReportInput["manifest"], doc: string, epochs: number): Markup {
  const { model, parent, backend, trainer, settings, data, timings, compiler, epoch } = manifest;
  const count = (rows: number) => formatCount(rows);
  const rows = [
    `${count(data.trainRows)} training rows`,
    ...(data.validRows === 0 ? [] : [`${count(data.validRows)} validation rows`]),
    `${count(data.testRows)} test rows`,
  ].join(", ");
  const kept = epoch === epochs ? "the last" : `epoch ${epoch}, the best on the validation rows`;
  const { interrupted } = manifest;
  const facts: readonly (readonly [string, string])[] = [
    ["Data", rows],
    [
      "Training",
      `${epochs} ${epochs === 1 ? "epoch" : "epochs"} in ${timings.seconds.toFixed(1)} s, ${count(Math.round(timings.samplesPerSecond))} samples/s`,
    ],
    ...(interrupted === undefined
      ? []
      : ([["Stopped", `by the user after ${positionText(interrupted)} of ${settings.epochs}`]] as const)),
    ["Weights", `of ${kept}${epoch === epochs ? " epoch" : ""}`],
    ...(parent === null ? [] : ([["Variant of", parent]] as const)),
    ...(trainer === undefined ? [] : ([["Trained by", trainer]] as const)),
    ["Made by", `dinc ${compiler}, backend ${backend}, seed ${settings.seed}`],
  ];
  return html`<header>
<p class="kind">Training report</p>
<h1>${model}</h1>
${doc === "" ? html`` : html`<p class="lead">${withCode(doc)}</p>`}
<dl>
${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
</dl>
</header>`;
}
