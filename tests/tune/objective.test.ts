// The metric by which dinc tune compares trials: that of the early stop, the first one, or a sum that names metrics as
// tables do.

import { describe, expect, test } from "vitest";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { objectiveOf } from "../../runtime/tune/search-space.ts";
import { modelOf } from "../model/support.ts";

const spec = (train: string, buys = "") => `model shop
features user { user_id : id  embed 4 }
features item { item_id : id  embed 4 }
label click : binary
${buys === "" ? "" : "label buy : binary"}
net {
  predict click = dot(user_id, item_id) |> sigmoid
  ${buys}
}
train { metrics auc, gauc(by: user_id), log_loss, ndcg(by: user_id, at: 10)  ${train} }
`;
const BUYS = "predict buy = dot(user_id, item_id) |> dense(1) |> sigmoid";

describe("the objective", () => {
  test.each([
    ["", undefined, "auc", { auc: 1 }, "higher"],
    [
      "stop early(metric: auc - 2 * log_loss)",
      undefined,
      "auc - 2 * log_loss",
      { auc: 1, log_loss: -2 },
      "higher",
    ],
    ["stop early(metric: gauc)", "log_loss", "log_loss", { log_loss: 1 }, "lower"],
    ["", "auc + gauc", "auc + gauc", { auc: 1, gauc: 1 }, "higher"],
    ["", "0.5 * ndcg@10 - log_loss", "0.5 * ndcg@10 - log_loss", { "ndcg@10": 0.5, log_loss: -1 }, "higher"],
    ["", "-log_loss", "-log_loss", { log_loss: -1 }, "higher"],
    ["", "log_loss - auc", "log_loss - auc", { log_loss: 1, auc: -1 }, "lower"],
  ])("with `%s` and --metric %j is %s", (train, metric, title, terms, better) => {
    expect(objectiveOf(modelOf(spec(train)), metric)).toEqual({ label: "click", title, terms, better });
  });

  test("of several labels is named with its label", () => {
    const { label, title } = objectiveOf(modelOf(spec("", BUYS)), "buy.auc + buy.gauc");
    expect([label, title]).toEqual(["buy", "auc + gauc"]);
  });

  test.each([
    ["auc + log_loss", "", "DIN0354"],
    ["auc + recall", "", "DIN0832"],
    ["0 * auc", "", "DIN0832"],
    ["1..2 * auc", "", "DIN0832"],
    ["auc +", "", "DIN0832"],
    ["click.auc + buy.auc", BUYS, "DIN0355"],
  ])("%s is refused", (metric, buys, code) => {
    expect(() => objectiveOf(modelOf(spec("", buys)), metric)).toThrow(DiagnosticError);
    try {
      objectiveOf(modelOf(spec("", buys)), metric);
    } catch (error) {
      expect((error as DiagnosticError).diagnostics.map((each) => each.code)).toEqual([code]);
    }
  });
});
