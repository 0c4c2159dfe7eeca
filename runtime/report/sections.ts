// The sections about the trained model: calibration, ranking by groups of rows, attention, embeddings, the
// network.

import { formatCount } from "../../compiler/common/format-count.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { draw } from "../../compiler/tools/views/draw.ts";
import { amountFigure } from "./amount-chart.ts";
import type { AttentionFigure, AttentionFigures } from "./attended.ts";
import { attentionPanels } from "./attention-chart.ts";
import { breakdownFigure } from "./breakdown-chart.ts";
import { calibrationFigure } from "./calibration-chart.ts";
import { confusionFigure } from "./confusion-table.ts";
import type { ReportFindings } from "./findings.ts";
import { html, Markup } from "./markup.ts";
import { normFigure } from "./norm-chart.ts";
import { MOST_NORMS } from "./norms.ts";
import { figure, paragraph, section, splitWords } from "./page.ts";
import { RESAMPLES } from "./resampled.ts";

type HeldOutFindings = NonNullable<ReportFindings["heldOut"]>;

/** `the 44,726 test rows` */
function rowsText({ split, rows, of }: HeldOutFindings): string {
  const all = `${formatCount(of)} ${splitWords[split]} rows`;
  return rows === of ? `the ${all}` : `${formatCount(rows)} of the ${all}, drawn at random`;
}

function intervalText({ predictions, amounts, classes }: HeldOutFindings, bars = "Bars"): string {
  const breakdowns = [
    ...predictions.flatMap((each) => each.breakdowns),
    ...classes.map(({ byClass }) => byClass),
  ];
  const intervals = [
    ...[...predictions.map((each) => each.calibration), ...amounts].flatMap(({ bins }) =>
      bins.map(({ interval }) => interval),
    ),
    ...breakdowns.flatMap(({ buckets }) => buckets.map(({ interval }) => interval)),
  ];
  const by = intervals.find((interval) => interval !== null)?.by;
  return by === undefined
    ? "No intervals: no metric of the spec names the users, or there are too few."
    : `${bars} are the middle 95\u00a0% of ${RESAMPLES} resamples of the users (${by}).`;
}

export function calibration({ heldOut }: ReportFindings): readonly Markup[] {
  if (heldOut === null || heldOut.predictions.length === 0) return [];
  const { predictions } = heldOut;
  const kinds = new Set(predictions.map(({ calibration }) => calibration.equal));
  const bins = kinds.has("rows") ? "bins with about equally many rows" : "bins of equal width";
  return [
    section(
      "calibration",
      "Calibration",
      figure(
        predictions.map(({ label, calibration }) =>
          calibrationFigure(
            predictions.length > 1 ? `Calibration of ${label}` : "Observed against predicted",
            calibration,
          ),
        ),
        `Predicted probabilities and observed frequencies for ${rowsText(heldOut)} in ${bins}: on the broken line they are equal.  `,
        intervalText(heldOut),
      ),
    ),
  ];
}

/** The section for labels that are numbers or shares. */
export function amounts({ heldOut }: ReportFindings): readonly Markup[] {
  if (heldOut === null || heldOut.amounts.length === 0) return [];
  const isOne = heldOut.amounts.length === 1;
  return [
    section(
      "amounts",
      "Predicted and observed",
      figure(
        heldOut.amounts.map((each) => amountFigure(isOne ? "" : `${each.label}: `, each)),
        `Predictions of ${rowsText(heldOut)}, in tenths by the prediction. Left: the mean of the label against the mean of the prediction; on the broken line they are equal. Right: the label minus the prediction; the dot is the median, the bar contains the middle eight rows of ten.  `,
        intervalText(heldOut, "Bars on the left"),
      ),
    ),
  ];
}

/** The section for labels that are classes. */
export function classes({ heldOut }: ReportFindings): readonly Markup[] {
  if (heldOut === null || heldOut.classes.length === 0) return [];
  const isOne = heldOut.classes.length === 1;
  return [
    section(
      "classes",
      "Confusion of classes",
      figure(
        heldOut.classes.map((each) => confusionFigure(isOne ? "" : `${each.label}: `, each)),
        `For ${rowsText(heldOut)}: each line is a class (or all classes other than the most frequent ones), and shows for how many of its rows each class was the most likely one. Below: the AUC of each class against all others; the broken line is the mean over all classes. `,
        intervalText(heldOut),
      ),
    ),
  ];
}

export function strengths({ heldOut }: ReportFindings): readonly Markup[] {
  if (heldOut === null) return [];
  const several = heldOut.predictions.length > 1;
  const panels = heldOut.predictions.flatMap(({ label, auc, breakdowns }) =>
    breakdowns.map((breakdown) => breakdownFigure(several ? `${label}: ` : "", breakdown, auc)),
  );
  if (panels.length === 0) return [];
  const docs = [
    ...new Set(heldOut.predictions.flatMap(({ breakdowns }) => breakdowns.map(({ doc }) => doc))),
  ];
  return [
    section(
      "strengths",
      "AUC by history and popularity",
      figure(
        panels,
        `AUC of ${rowsText(heldOut)}; ${docs.join("; ")}. The broken line is the AUC of all of them. `,
        intervalText(heldOut),
      ),
    ),
  ];
}

export function attention(figures: AttentionFigures | null): readonly Markup[] {
  if (figures === null) return [];
  const { found, shown } = figures;
  const more =
    found > shown.length
      ? [
          paragraph(
            `The model has ${found} such weights, heads counted; shown are the first ${shown.length}.`,
          ),
        ]
      : [];
  return [
    section(
      "attention",
      "Which past items mattered",
      ...more,
      ...shown.map((each) => figure(attentionPanels(each), ...attentionCaption(each))),
    ),
  ];
}

function attentionCaption({
  history,
  code,
  head,
  areShares,
  dependsOnCandidate,
  fields,
}: AttentionFigure): readonly (string | Markup)[] {
  const named = fields.length === 0 ? "" : `, called by ${fields.slice(0, 2).join(" and ")}`;
  const which = head === null ? "" : `, head ${head}`;
  return [
    html`What <code>${code}</code>${which} gives each step of ${history}${named}, oldest first, for one or two candidates of a few users, who are drawn from the held-out rows. `,
    areShares
      ? "Weights come from a softmax and sum to 1. "
      : "Weights are not normalised: they may be negative, and their sum is the strength of the interest. ",
    dependsOnCandidate ? "" : "They are the same for every candidate. ",
  ];
}

export function embeddings({ tables, otherTables }: ReportFindings): readonly Markup[] {
  if (tables.length === 0) return [];
  const unseen = tables.filter((table) => table.unseen > 0);
  const parts = unseen.map(({ table, unseen: rows }) => `${table} ${formatCount(rows)}`);
  return [
    section(
      "embeddings",
      "Embeddings",
      figure(
        tables.map(normFigure),
        "Euclidean norm of each embedding against the frequency of its id in the training rows, including steps of histories. At the right, the distribution of the norms. The line is the median. ",
        tables.some(({ seen }) => seen > MOST_NORMS)
          ? `Of larger tables ${formatCount(MOST_NORMS)} ids are drawn. `
          : "",
        parts.length === 0 ? "" : `Rows that training never read are left out: ${parts.join(", ")}. `,
        otherTables === 0 ? "" : `${otherTables} more tables are not shown.`,
      ),
    ),
  ];
}

/** Empty if the text has errors, which cannot happen because this version wrote it. */
export function network({ path, text }: { readonly path: string; readonly text: string }): readonly Markup[] {
  const { value: svg } = draw(sourceFile(path, text), "svg");
  if (svg === null) return [];
  return [
    section(
      "network",
      "The network",
      html`<figure>
<div class="fit"><input type="checkbox" id="as-a-whole"><label for="as-a-whole">show it as a whole, however small</label></div>
<div class="scroll">${Markup.trusted(svg.replace("<svg ", `<svg style="min-width:${leastWidth(svg)}px" `))}</div>
<figcaption>Colours say when a value is known, and so how often it is computed.</figcaption>
</figure>`,
    ),
  ];
}

/**
 * The least width of the picture: below three quarters of its own width its text is unreadable, so the page
 * scrolls it instead of shrinking it.
 */
function leastWidth(svg: string): number {
  return Math.round(0.75 * Number(/ width="([\d.]+)"/.exec(svg)?.[1] ?? 0));
}
