// Ranks in an edge worker. Its three files beside it are those that `dinc compile RUN --target ts --out
// ranker` wrote; workers import WebAssembly and bytes as modules, and compile nothing themselves.
import { createRanker } from "./ranker/model.js";
import wasm from "./ranker/model.wasm";
import weights from "./ranker/model.weights.bin";

/** Made at the first request, and kept for the next. */
let ranker;

export default {
  async fetch(request) {
    if (request.method !== "POST")
      return Response.json({ error: "POST a request of the model" }, { status: 405 });
    ranker ??= createRanker({ weights, wasm });
    const { about, backend } = await ranker;
    try {
      const scores = (await ranker).rank(await request.json());
      return Response.json({ model: about.model, run: about.run, backend, scores: plain(scores) });
    } catch (error) {
      const isTheirs = error.name === "RankerInputError" || error instanceof SyntaxError;
      if (!isTheirs) throw error;
      return Response.json(
        { error: error.name, field: error.field, message: error.message },
        { status: 400 },
      );
    }
  },
};

function plain(scores) {
  if (ArrayBuffer.isView(scores)) return Array.from(scores);
  return Object.fromEntries(Object.entries(scores).map(([label, list]) => [label, Array.from(list)]));
}
