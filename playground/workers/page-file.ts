// Writes one HTML file that ranks with the weights of the training so far, without a network.

import type { EmitContext } from "../../compiler/backends/contract/emitted.ts";
import { emitPage, PAGE } from "../../compiler/backends/page/page.ts";
import type { PageRequest } from "../../compiler/backends/page/page-data.ts";
import { invariant } from "../../compiler/common/internal-error.ts";
import { graphHash } from "../../compiler/middle/builder/graph-hash.ts";
import { specText } from "../../compiler/tools/fmt/flatten.ts";
import type { Training } from "../../compiler/train/index.ts";
import { measureOf, measureShown } from "./measured.ts";
import type { ItemTitles, PageFile } from "./messages.ts";
import { load } from "./ranker.ts";
import { runNameOf } from "./trained-run.ts";

/** Set when the page is built. */
declare const VERSION: string;

/** `training` is paused; `made` is the number of its steps. */
export async function pageOf(
  training: Training,
  made: number,
  request: PageRequest,
  titles: ItemTitles | null,
): Promise<PageFile> {
  const { model } = training;
  const test = training.test!;
  const { value } = await measureShown(training, test);
  const context: EmitContext = {
    ...{ version: VERSION, seed: model.train.seed, graphHash, specText, load },
    training: {
      ...{ rows: training.rows, epochs: model.train.epochs, steps: made },
      measured: { of: "test", rows: test.rows, values: { [measureOf(model)]: value } },
    },
  };
  const trained = { ...training.trained(), run: await runNameOf(training) };
  const names = titles && { feature: titles.feature, names: Object.fromEntries(titles.of) };
  const { files } = await emitPage(trained, {}, context, { request, titles: names });
  const html = files.get(PAGE);
  invariant(typeof html === "string", "a page without its file");
  return { name: `${model.name}.html`, html };
}
