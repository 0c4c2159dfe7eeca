// What a person reads of an evaluation: how far it is, and the sentences below its table.

import { describe, expect, test, vi } from "vitest";
import type { Evaluation, EvaluationProgress } from "../../compiler/train/score.ts";
import { evaluationText } from "../../runtime/cli/metric-tables.ts";
import { evaluationProgress, trainingProgress } from "../../runtime/cli/progress.ts";
import type { Terminal } from "../../runtime/cli/terminal.ts";
import { intervalNotes, metricNotes } from "../../runtime/driver/metric-notes.ts";

function terminalOf(interactive: boolean): { readonly terminal: Terminal; readonly lines: string[] } {
  const lines: string[] = [];
  const terminal: Terminal = {
    out: () => {},
    say: (line) => lines.push(`said ${line}`),
    progress: (line) => lines.push(line),
    color: { messages: false, data: false },
    interactive,
  };
  return { terminal, lines };
}

const progress: readonly EvaluationProgress[] = [
  { kind: "scoring", rows: 4096, of: 12_345 },
  { kind: "metric", label: "buy", title: "ndcg@10" },
  { kind: "intervals", label: "buy", resamples: 48, of: 1000 },
];

describe("progress of an evaluation", () => {
  test("says what is being done, often where a person watches and every few seconds elsewhere", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const shown = [true, false].map((interactive) => {
      const { terminal, lines } = terminalOf(interactive);
      const show = evaluationProgress(terminal);
      const inTraining = trainingProgress(terminal, 3);
      for (const each of progress) {
        vi.advanceTimersByTime(2000);
        show(each);
        show(each);
      }
      inTraining({ kind: "evaluation", epoch: 2, split: "valid", progress: progress[0]! });
      return lines;
    });
    vi.useRealTimers();
    expect(shown).toEqual([
      [
        "scored 4,096 of 12,345 rows",
        "measuring ndcg@10 of buy",
        "resampling users for buy: 48 of 1,000",
        "epoch 2/3: scored 4,096 of 12,345 valid rows",
      ],
      ["said resampling users for buy: 48 of 1,000", "said epoch 2/3: scored 4,096 of 12,345 valid rows"],
    ]);
  });
});

const interval = { low: 0.25, high: 0.5, by: "user_id", resamples: 1000 };
const evaluation = (label: string, skipped: number): Evaluation => ({
  split: "test",
  label,
  rows: 1234,
  values: { gauc: 0.375, auc: Number.NaN },
  details: {
    gauc: {
      metric: { kind: "gauc", by: "user_id", weight: "none" },
      groups: { count: 25, skipped },
      interval,
      table: null,
    },
    auc: { metric: { kind: "auc" }, groups: null, interval: null, table: null },
  },
});

describe("sentences below a table", () => {
  test("say once what is the same for every prediction, and name it where it is not", () => {
    expect(metricNotes([evaluation("click", 3), evaluation("buy", 3)])).toEqual([
      "gauc: by user_id, unweighted; 3 of 25 groups skipped (one class only)",
    ]);
    expect(metricNotes([evaluation("click", 3), evaluation("buy", 9)])).toEqual([
      "click gauc: by user_id, unweighted; 3 of 25 groups skipped (one class only)",
      "buy gauc: by user_id, unweighted; 9 of 25 groups skipped (one class only)",
    ]);
  });

  test("say which log loss the mean of the label has", () => {
    const logLoss = {
      metric: { kind: "log_loss" },
      groups: null,
      interval: null,
      table: null,
      constant: 0.5,
    } as const;
    const of = (details: Evaluation["details"]) => metricNotes([{ ...evaluation("click", 0), details }]);
    expect(of({ log_loss: logLoss })).toEqual([
      "log_loss: a model that knows only the label's mean has 0.50000 on the test rows",
    ]);
    expect(of({ log_loss: { ...logLoss, outcome: "class" } })).toEqual([
      "log_loss: a model that knows only how often each class occurs has 0.50000 on the test rows",
    ]);
    expect(of({ log_loss: { ...logLoss, constant: Number.NaN } })).toEqual([]);
  });

  test("speak of the last split, and of intervals where there are some", () => {
    const valid: Evaluation = { ...evaluation("click", 1), split: "valid" };
    expect(intervalNotes([valid, evaluation("click", 3)])).toEqual([
      "test gauc 0.25000–0.50000: the middle 95 % of 1,000 resamples of the users (user_id)",
    ]);
    expect(intervalNotes([{ ...valid, details: {} }])).toEqual([]);
  });
});

test("dinc eval prints a table for each prediction", () => {
  expect(
    evaluationText([evaluation("click", 0), { ...evaluation("buy", 0), details: {} }]),
  ).toBe(`click, 1,234 rows
  metric    value         interval
  gauc    0.37500  0.25000–0.50000
  auc           –
interval: the middle 95 % of 1,000 resamples of the users (user_id)

buy, 1,234 rows
  metric    value
  gauc    0.37500
  auc           –
`);
});
