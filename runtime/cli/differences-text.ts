// The table of `dinc importance` and `dinc ablate`: the loss without each part, by one metric with its
// interval and by the other metrics.

import type { MetricDifference } from "../../compiler/train/metrics/differences.ts";
import { alignedLines } from "../driver/text-table.ts";

export interface ComparedPart {
  readonly name: string;
  readonly differences: readonly MetricDifference[];
  /** A remark after the numbers, such as "does nothing"; may be empty. */
  readonly note: string;
}

/** `metric` is shown with its interval; `heading` is the title of the first column. */
export function differencesText(heading: string, metric: string, parts: readonly ComparedPart[]): string {
  const others = parts[0]?.differences.map((each) => each.metric).filter((each) => each !== metric) ?? [];
  const of = ({ differences }: ComparedPart, name: string) =>
    differences.find((difference) => difference.metric === name)!;
  const hasIntervals = parts.some((part) => of(part, metric).interval !== null);
  const lines = parts.map((part) => {
    const { worse, interval } = of(part, metric);
    const range = interval === null ? "" : `${signed(interval.low)} to ${signed(interval.high)}`;
    const rest = others.map((name) => signed(of(part, name).worse));
    return [part.name, signed(worse), ...(hasIntervals ? [range] : []), ...rest, part.note];
  });
  const head = [
    heading,
    `${metric} lost`,
    ...(hasIntervals ? ["interval"] : []),
    ...others.map((name) => `${name} lost`),
    "",
  ];
  return alignedLines([head, ...lines], new Set(head.slice(1, -1).map((_, i) => i + 1)), "  ");
}

/** The minus sign is as wide as the plus sign. */
export function signed(value: number): string {
  if (Number.isNaN(value)) return "–";
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(5)}`;
}
