// The part of `dinc diff` about rows that both runs scored: the difference of each metric with its interval
// and p-value, and a conclusion.

import type { PairedDifference } from "../../compiler/train/metrics/paired.ts";
import type { PairedTest } from "../driver/paired-test.ts";
import { alignedLines, thousands } from "../driver/text-table.ts";

/** A difference with at least this p-value counts as chance. */
const LEVEL = 0.05;

export function pairedText(test: PairedTest, of: string): string {
  const { rows, by, resamples, seed, sameData, predictions } = test;
  const drawn = by === "row" ? "rows" : `users (${by})`;
  const head = `\nboth on the same ${thousands(rows)} rows (${of}); ${thousands(resamples)} resamples of the ${drawn}, the same for both, seed ${seed}\n`;
  const several = Object.keys(predictions).length > 1;
  const tables = Object.entries(predictions).map(([label, differences]) => {
    const title = several ? `${label}\n` : "";
    return `${title}${tableText(differences)}${verdictText(differences)}`;
  });
  const dependent =
    by === "row"
      ? "No metric of both runs groups rows by user, so rows were drawn one by one: if users have several rows, the intervals are too narrow.\n"
      : "";
  const trained = sameData
    ? ""
    : "The two were trained on different rows: the test is fair only if neither was trained on these.\n";
  return [head, ...tables, dependent, trained].join("");
}

function tableText(differences: readonly PairedDifference[]): string {
  const lines = differences.map(({ title, a, b, interval, p }) => [
    title,
    valueText(a),
    valueText(b),
    signed(b - a),
    interval === null ? "–" : `${signed(interval.low)} to ${signed(interval.high)}`,
    p === null ? "–" : p.toFixed(4),
  ]);
  const head = ["metric", "a", "b", "b − a", "interval of b − a", "p"];
  return alignedLines([head, ...lines], new Set([1, 2, 3, 4, 5]), "  ");
}

/** The conclusion from the tested metrics. */
function verdictText(differences: readonly PairedDifference[]): string {
  const better = (name: "a" | "b") =>
    differences.filter(({ a, b, p, better: direction }) => {
      const isHigher = name === "b" ? b > a : a > b;
      return p !== null && p < LEVEL && isHigher === (direction === "higher");
    });
  const chance = differences.filter(({ p }) => p !== null && p >= LEVEL);
  const untested = differences.filter(({ p }) => p === null);
  const sentences = [
    ...(["a", "b"] as const).flatMap((name) => {
      const by = titles(better(name));
      return by === "" ? [] : [`${name} is better by ${by}.`];
    }),
    ...(chance.length === 0 ? [] : [`By ${titles(chance)} the difference may be chance (p ≥ ${LEVEL}).`]),
    ...(untested.length === 0 ? [] : [`Not tested: ${titles(untested)}.`]),
  ];
  return `${sentences.join(" ")}\n`;
}

function titles(differences: readonly PairedDifference[]): string {
  return differences.map(({ title }) => title).join(", ");
}

function valueText(value: number): string {
  return Number.isFinite(value) ? value.toFixed(5) : "–";
}

function signed(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const text = Math.abs(value).toFixed(5);
  return Number(text) === 0 ? text : `${value < 0 ? "−" : "+"}${text}`;
}
