// Metrics of each value of a feature: those of the rows that have it, and of resamples of them, whoever is drawn.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Metric, measure, printMetric, titlesOf } from "../../compiler/middle/metrics/registry.ts";
import { LANES } from "../../compiler/middle/metrics/resampling.ts";
import { LabelledScores } from "../../compiler/middle/metrics/scored.ts";
import { openTraining } from "../../compiler/train/index.ts";
import { modelOf } from "../data/models.ts";
import { asked, askedOfOthers, type Row, rowsUpTo, scoredOf, USER } from "./rows.ts";

const PAGE = "page";
const HOME = 3;
const all = [...asked.map((metric) => [metric, "binary"] as const), ...askedOfOthers];

/** Two of every five rows, by their places, are of the page. */
const isHome = (place: number) => (place * 7) % 5 < 2;

describe.each(all.map(([metric, outcome]) => [printMetric(metric), outcome, metric] as const))(
  "%s of %s labels",
  (_, outcome, metric) => {
    const ofHome: Metric = { ...metric, per: PAGE, value: "home", id: HOME };

    test("is that of the rows that have the value, as if there were no others", () => {
      const times = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 5, maxLength: 5 });
      fc.assert(
        fc.property(rowsUpTo(40), times, (rows, drawn) => {
          const { logits, labels } = scoredOf(rows, outcome);
          const users = Int32Array.from(rows, ({ user }) => user + 2);
          const pages = Int32Array.from(rows, (__, place) => (isHome(place) ? HOME : 2));
          const scored = new LabelledScores(
            ...([logits, labels] as const),
            new Map([
              [USER, users],
              [PAGE, pages],
            ]),
            outcome,
          );
          const home = rows.filter((__, place) => isHome(place));
          const alone = scoredOf(home, outcome);
          const [found, expected] = [measure(ofHome, scored), measure(metric, alone)];
          if (Number.isNaN(expected.value)) expect(found.value).toBeNaN();
          else expect(found.value).toBeCloseTo(expected.value, 12);
          expect(found.groups).toEqual(expected.groups);
          if (expected.resampled === null) return;
          // Each user is drawn as often in both, whatever the users' numbers are there.
          const [a, b] = (
            [
              [found, scored, rows],
              [expected, alone, home],
            ] as const
          ).map(([measured, of, own]) => {
            const units = of.groups(USER);
            const weights = new Uint8Array(LANES * units.count);
            for (const [row, { user }] of (own as readonly Row[]).entries())
              weights.fill(drawn[user]!, LANES * units.of[row]!, LANES * units.of[row]! + LANES);
            const out = new Float64Array(LANES);
            measured.resampled!(units)(weights, out);
            return out[0]!;
          });
          if (Number.isFinite(b!)) expect(a!).toBeCloseTo(b!, 10);
          else expect(Number.isFinite(a!)).toBe(false);
        }),
        { numRuns: 50 },
      );
    });
  },
);

const model = modelOf(`model pages
features user { user_id : id(size: 9)  embed 2 }
features item { item_id : id(size: 9)  embed 2 }
features context { page : enum("home", "search") }
label click : binary
net { predict click = dot(user_id, item_id) |> sigmoid }
train { metrics auc(per: page), log_loss, calibration(per: page), gauc(by: user_id, per: page)  stop early(auc) }`);

test("a spec asks for them by a feature, whose values have names in the results", async () => {
  expect(titlesOf(model.train.metrics)).toEqual([
    ...["auc[home]", "auc[search]", "log_loss", "calibration[home]", "calibration[search]"],
    ...["gauc[home]", "gauc[search]"],
  ]);
  const rows = Array.from({ length: 90 }, (_, i) => ({
    ...{
      user_id: i % 9,
      item_id: (i * 5) % 7,
      page: i % 3 === 0 ? "search" : "home",
      click: (i * i) % 4 === 1 ? 1 : 0,
    },
  }));
  const training = await openTraining(model, { train: rows, valid: rows });
  await training.run();
  const { values } = training.epochs[0]!.evaluations[0]!;
  const [alone] = await training.evaluate(
    rows.filter(({ page }) => page === "search"),
    { metrics: [{ kind: "auc" }] },
  );
  expect(values["auc[search]"]).toBeCloseTo(alone!.values["auc"]!, 12);
  expect(values["auc[home]"]).not.toBe(values["auc[search]"]);
  await training.close();
});
