// What `page.test.ts` runs in a browser and in Node: what `dinc/train` exports, and nothing else.

import {
  check,
  compileTrained,
  openTraining,
  type PageThreads,
  sourceFile,
  type TableRows,
  type TrainedModel,
  takePart,
} from "../../../compiler/train/index.ts";

export { takePart };

export interface Given {
  readonly spec: string;
  readonly rows: TableRows;
  readonly steps: number;
  /** Milliseconds after each of the first ten steps, for threads to begin. */
  readonly pause: number;
}

export interface Trained {
  /** Of all weights. */
  readonly hash: string;
  readonly losses: readonly number[];
  /** Of the rows that it trained on. */
  readonly auc: number;
  readonly warnings: readonly string[];
  /** The module that it is compiled to. */
  readonly module: string;
}

export async function train(
  { spec, rows, steps, pause }: Given,
  threads: PageThreads | null,
): Promise<Trained> {
  const { value: model } = check(sourceFile("model.din", spec));
  const losses: number[] = [];
  const warnings: string[] = [];
  const training = await openTraining(model!, {
    train: rows,
    portable: true,
    ...(threads === null ? {} : { threads }),
    onEvent: (event) => {
      if (event.kind === "step") losses.push(event.stepLoss);
      if (event.kind === "diagnostics")
        warnings.push(...event.diagnostics.map(({ code, message }) => `${code} ${message}`));
    },
  });
  // Workers begin when whoever starts them has nothing to do.
  for (let step = 0; step < (threads === null ? 0 : 10); step++) {
    await training.step();
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  await training.run({ steps: steps - losses.length });
  const [measured] = await training.evaluate(rows, { metrics: [{ kind: "auc" }] });
  const trained = training.trained();
  const hash = hashOf(trained);
  const load = (text: string): Promise<unknown> => import(`data:text/javascript,${encodeURIComponent(text)}`);
  const { files } = await compileTrained(trained, { load });
  await training.close();
  return { hash, losses, warnings, auc: measured!.values["auc"]!, module: String(files.get("model.js")) };
}

/** FNV-1a over the words of all weights. */
function hashOf({ parameters, tables }: TrainedModel): string {
  let hash = 0x811c9dc5;
  const arrays = [...parameters.values(), ...[...tables.values()].map(({ values }) => values)];
  for (const array of arrays)
    for (const word of new Uint32Array(array.slice().buffer)) hash = Math.imul(hash ^ word, 0x01000193);
  return `${arrays.length} ${(hash >>> 0).toString(16)}`;
}
