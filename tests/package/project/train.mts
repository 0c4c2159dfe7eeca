// What a project in TypeScript does with `dinc/train`: every function, with the types that they give. `told`
// is what came of it.

import { DiagnosticError, type Model, sourceFile } from "dinc";
import * as all from "dinc/train";
import {
  type CompiledModel,
  check,
  compileTrained,
  type EncodedRows,
  type Evaluation,
  openTraining,
  type ParameterValues,
  type Scores,
  type StepProgress,
  type TableRows,
  type TrainedModel,
  type Training,
  type TrainingEvent,
  takePart,
} from "dinc/train";

const text = `model small
features item { item_id : id  embed 2  price : number }
label click : binary
net { predict click = concat(item_id, price) |> dense(1) |> sigmoid }
train { batch 2  epochs 1  optimizer sgd(learning_rate: 0.1)  metrics auc }
`;
const model: Model | null = check(sourceFile("model.din", text)).value;
const train: TableRows = { item_id: ["a", "b", "a"], price: Float32Array.of(1, 2, 3), click: [0, 1, 1] };
const kinds: TrainingEvent["kind"][] = [];
const training: Training = await openTraining(model!, {
  train,
  seed: 1,
  onEvent: ({ kind }) => kinds.push(kind),
});
const step: StepProgress = await training.step();
const signal: { readonly aborted: boolean } = { aborted: false };
await training.run({ signal });
const rows: EncodedRows = training.encode([{ item_id: "b", price: 1, click: 1 }]);
const scores: Scores = await training.predict(rows);
const evaluations: readonly Evaluation[] = await training.evaluate(train);
const trained: TrainedModel = training.trained();
const { files }: CompiledModel = await compileTrained(trained, {
  load: (text) => import(`data:text/javascript,${encodeURIComponent(text)}`),
});
const parameters: ParameterValues = training.parameters();
await training.close();
const error: unknown = await openTraining(model!, { train: [] }).catch((reason: unknown) => reason);

export const told = JSON.stringify({
  names: Object.keys(all),
  ...{ loss: Number.isFinite(step.loss), kinds, over: training.isOver },
  ...{
    rows: rows.rows,
    scored: scores.logits.get("click")!.length,
    measured: evaluations.map(({ label }) => label),
  },
  ...{
    tables: [...trained.tables.keys()],
    dense: parameters.size > 0,
    part: typeof takePart,
    file: files.has("model.ts"),
  },
  isOneClass: error instanceof DiagnosticError,
});
