// Models for the data tests, made by hand so that they say exactly what is read.

import type { NetItem } from "../../compiler/ast/nodes.ts";
import type { Feature, FeatureKind, History, Metric, Model } from "../../compiler/model/model.ts";
import { type SourceFile, type Span, sourceFile } from "../../compiler/source/source-file.ts";

const ID: FeatureKind = { kind: "id", minCount: 1 };

/** `user_id item_id cate_id`, the history `clicks` over the last two, the label `click`; GAUC by user. */
export function dinModel(max = 50): Model {
  return modelOf({
    features: [
      { name: "user_id", scope: "user", kind: ID, embed: null },
      { name: "item_id", scope: "item", kind: ID, embed: 16 },
      { name: "cate_id", scope: "item", kind: ID, embed: 16 },
    ],
    histories: [{ name: "clicks", max, fields: { item_id: "hist_item_id", cate_id: "hist_cate_id" } }],
    gaucBy: "user_id",
  });
}

export interface ModelParts {
  readonly features: readonly Pick<Feature, "name" | "scope" | "kind" | "embed">[];
  readonly histories?: readonly {
    readonly name: string;
    readonly max: number;
    readonly fields: Readonly<Record<string, string>>;
  }[];
  readonly labels?: readonly string[];
  readonly gaucBy?: string;
}

/** Spans point at the names in a made-up spec that lists them one a line. */
export function modelOf({ features, histories = [], labels = ["click"], gaucBy }: ModelParts): Model {
  const fields = histories.flatMap((history) => Object.values(history.fields));
  const file = sourceFile(
    "model.din",
    [...features.map(({ name }) => name), ...fields, ...histories.map(({ name }) => name), ...labels].join(
      "\n",
    ),
  );
  const byFeature = features.map(
    (feature): Feature => ({ ...feature, doc: "", span: find(file, feature.name) }),
  );
  const byHistory = histories.map(
    ({ name, max, fields }): History => ({
      name,
      max,
      fields: Object.entries(fields).map(([feature, column]) => ({
        feature,
        column,
        span: find(file, column),
      })),
      doc: "",
      span: find(file, name),
    }),
  );
  const metrics: Metric[] = [{ kind: "auc" }];
  if (gaucBy !== undefined) metrics.push({ kind: "gauc", by: gaucBy, weight: "impressions" });
  return {
    name: "din",
    doc: "",
    file,
    features: new Map(byFeature.map((feature) => [feature.name, feature])),
    histories: new Map(byHistory.map((history) => [history.name, history])),
    labels: new Map(labels.map((name) => [name, { name, kind: "binary", doc: "", span: find(file, name) }])),
    blocks: new Map(),
    net: { kind: "net", statements: [], span: find(file, features[0]!.name) } as unknown as NetItem,
    predictions: [],
    train: {
      loss: "binary_cross_entropy",
      optimizer: { kind: "sgd", learningRate: 0.1 },
      miniBatchAware: null,
      batch: 256,
      epochs: 1,
      metrics,
      seed: 1,
    },
  };
}

function find(file: SourceFile, name: string): Span {
  const line = file.text.split("\n").indexOf(name);
  const start = file.lineStarts[line]!;
  return { file, start, end: start + name.length };
}
