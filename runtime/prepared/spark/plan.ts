// The SQL with which Spark writes encoded rows, vocabularies and fitted transforms, like `dinc prepare`;
// sealing turns them into a folder of prepared rows. Rows are distributed over a cluster, so shuffling,
// negatives and users for validation are decided by hashes. They therefore differ from those that dinc draws
// on one machine.

import { inShell } from "../../../compiler/common/shell.ts";
import { planLacks } from "../../../compiler/diagnostics/catalog/prepared.ts";
import { type Diagnostic, diagnose, inText } from "../../../compiler/diagnostics/diagnostic.ts";
import type { DataConfig } from "../../../compiler/frontend/config/config.ts";
import { allFeatures, type Model } from "../../../compiler/frontend/model/model.ts";
import { isRead } from "./encode.ts";
import { eventStatements } from "./events.ts";
import { rowStatements } from "./rows.ts";
import type { PlanOptions } from "./statements.ts";
import { isInPlans } from "./values.ts";

/** The parts of a model that Spark cannot compute exactly like dinc. */
export function planProblems(model: Model): Diagnostic[] {
  return allFeatures(model)
    .filter((feature) => !isInPlans(feature) && (feature.scope === "history" || isRead(model, feature)))
    .map(({ name: feature, kind, set, span }) => {
      const needs = set?.weighted === true ? "weights" : "zone" in kind ? "clock" : "ids";
      const lacking = needs === "weights" ? "weighted sets" : (LACKING[kind.kind] ?? kind.kind);
      return diagnose(planLacks, { feature, kind: lacking, needs }, inText(span));
    });
}

const LACKING: Readonly<Record<string, string>> = {
  hashed_id: "hashed ids",
  text: "texts",
  cross: "crosses",
  listed_id: "ids that a file lists",
  hour: "hours of times",
  weekday: "weekdays of times",
  hour_of_week: "hours of weeks",
  month: "months of times",
};

/** The statements, each of which ends with a semicolon. */
export function sparkPlan(model: Model, data: DataConfig, options: PlanOptions): string {
  const statements =
    data.kind === "rows" ? rowStatements(model, data, options) : eventStatements(model, data, options);
  return `-- Prepared rows of the model ${model.name}, for Spark 4: spark-sql -f plan.sql
-- Change paths in the views of the data, and other formats and options of theirs, as you like.
-- Afterwards: dinc prepare … --out ${inShell(options.out)} --seal

SET spark.sql.variable.substitute = false;
SET spark.sql.parser.escapedStringLiterals = false;
SET spark.sql.ansi.enabled = true;
SET spark.sql.parquet.compression.codec = zstd;
SET spark.sql.session.timeZone = ${data.kind === "events" ? (data.events.timeZone ?? "UTC") : "UTC"};

${statements.map((statement) => `${statement};\n`).join("\n")}`;
}
