// Makes the files of a user module from a two-tower model. The module ranks items by their vectors, and
// returns the user's vector for an index of items.

import { invariant } from "../../common/internal-error.ts";
import { twoTowerCalibrated, twoTowerMixed, twoTowerOneSided } from "../../diagnostics/catalog/exports.ts";
import { twoTowerOfClasses } from "../../diagnostics/catalog/label-data.ts";
import { twoTowerOfCandidates } from "../../diagnostics/catalog/requests.ts";
import { DiagnosticError, diagnose } from "../../diagnostics/diagnostic.ts";
import { type DeclaredFeature, type Model, ownerOf } from "../../frontend/model/model.ts";
import { GraphBuilder } from "../../middle/builder/builder.ts";
import { validate } from "../../middle/builder/validate.ts";
import { copyInto } from "../../middle/graph/copy.ts";
import { outputNames } from "../../middle/graph/outputs.ts";
import { dropDeadNodes } from "../../middle/passes/drop-dead-nodes.ts";
import { inputOf } from "../../middle/programs/program.ts";
import type { EmitOptions } from "../contract/emit-options.ts";
import type { EmitContext, Emitted } from "../contract/emitted.ts";
import type { TrainedModel } from "../contract/trained-model.ts";
import { emitPackage } from "../typescript/package.ts";
import { type NoTowers, split, type Towers, VECTOR } from "./towers.ts";

/** The output with the user's vector. */
const USER_VECTOR = "user.vector";

export async function emitUserPackage(
  trained: TrainedModel,
  options: EmitOptions,
  context: EmitContext,
): Promise<Emitted> {
  const { model: user, vector, width } = userModel(trained);
  const emitted = await emitPackage(user, options, context, { output: USER_VECTOR, width });
  const readme = emitted.files.get("README.md");
  invariant(typeof readme === "string", "a package without a README");
  const files = new Map(emitted.files);
  files.set("README.md", `${readme}${readmeText(vector, width, trained.run)}`);
  return { ...emitted, files };
}

/** The towers of the model's first prediction. Throws DiagnosticError if there are none. */
export function towersOf(
  model: Model,
  predict: TrainedModel["predict"],
  calibration: TrainedModel["calibration"],
): Towers {
  const [{ label, span, width }] = model.predictions as readonly [Model["predictions"][number]];
  if (width > 1) throw new DiagnosticError([diagnose(twoTowerOfClasses, { label }, span)]);
  if (model.requests !== null) throw new DiagnosticError([diagnose(twoTowerOfCandidates, { label }, span)]);
  if (calibration !== null) throw new DiagnosticError([diagnose(twoTowerCalibrated, { label }, span)]);
  const { towers, ...found } = split(model, predict, label);
  if (towers === null && "why" in found) throw refusal(model, label, found.why);
  invariant(towers !== null, "neither towers nor a reason");
  return towers;
}

function refusal(model: Model, label: string, why: NoTowers): DiagnosticError {
  const { span } = model.predictions.find((prediction) => prediction.label === label)!;
  if (why.kind === "one side")
    return new DiagnosticError([diagnose(twoTowerOneSided, { label, on: why.on }, span)]);
  const isOwn = why.span !== null && why.span.file.path === model.file.path;
  return new DiagnosticError([diagnose(twoTowerMixed, { label, op: why.op }, isOwn ? why.span! : span)]);
}

/** The model whose items are known by their vectors alone, and the name of the vector in requests. */
export function userModel(trained: TrainedModel): {
  readonly model: TrainedModel;
  readonly vector: string;
  readonly width: number;
} {
  const { model, predict } = trained;
  const towers = towersOf(model, predict, trained.calibration);
  const vector = freeName(model);
  const [prediction] = model.predictions as readonly [Model["predictions"][number]];
  const { width } = towers;
  const feature: DeclaredFeature = {
    ...{ name: vector, scope: "item", set: null, missingIsUnknown: false, embed: null, shares: null },
    kind: { kind: "vector", width, missing: null },
    ...{ served: null, source: null },
    table: { init: { kind: "zeros" }, frozen: false, vectors: null },
    doc: "The vector that `dinc export items` gives for the item.",
    span: prediction.span,
  };
  // Steps of histories have ids of item features.
  const inHistories = new Set(
    [...model.histories.values()].flatMap(({ fields }) => fields.map((field) => ownerOf(field.feature))),
  );
  const kept = [...model.features].filter(([name, { scope }]) => scope !== "item" || inHistories.has(name));
  const user: Model = {
    ...model,
    features: new Map([...kept, [vector, feature]]),
    predictions: [prediction],
    outputs: model.outputs.filter(({ per }) => per === "request"),
  };

  const builder = new GraphBuilder();
  const named = user.outputs.map(({ name }) => outputNames.output(name));
  const outputs = new Map(named.map((name) => [name, predict.outputs.get(name)!]));
  const own = dropDeadNodes({ ...predict, outputs });
  const parameters = new Map([...towers.user.parameters, ...own.parameters]);
  for (const parameter of parameters.values()) builder.declare(parameter);
  const copyOf = copyInto(builder, own.nodes);
  const ofUser = copyInto(builder, towers.user.nodes)(towers.user.outputs.get(VECTOR)!);
  const type = { rows: { kind: "each", per: "example" }, dims: [width], dtype: "f32" } as const;
  const role = { kind: "feature", feature: vector, history: null } as const;
  const ofItem = builder.add("input", [], inputOf(role, type));
  const product = builder.add("multiply", [ofUser, ofItem], {});
  builder.output({ kind: "logit", of: prediction.label }, builder.add("sum_width", [product], {}));
  for (const [name, id] of own.outputs) builder.outputAs(own, name, copyOf(id));
  builder.output(USER_VECTOR, ofUser);
  invariant(predict.updates.size === 0, "a prediction changes weights");
  return { model: { ...trained, model: user, predict: validate(builder.finish()) }, vector, width };
}

/** A name without a feature. */
function freeName({ features, histories }: Model): string {
  let name = "vector";
  while (features.has(name) || histories.has(name)) name = `item_${name}`;
  return name;
}

function readmeText(vector: string, width: number, run: string | null): string {
  const weights = run === null ? "random weights" : `run ${run}`;
  return `
## Two towers
This module is the user tower. It knows items by their vectors of ${width} numbers, which \`dinc export items RUN --data FILE\` writes;
both must come from the same weights (${weights}). The inner product of the user's vector and an item's is the logit of the whole
model gives.

- \`ranker.userVector({ user, context, history })\` is the vector for queries to an index of item vectors, by inner product.
- \`ranker.topK({ …, candidates: { columns: { ${vector}: vectors } } }, k)\` scores all items of a \`Float32Array\` of vectors, one
  after the other, without an index.
`;
}
