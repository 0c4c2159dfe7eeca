// In a browser's page: scores the golden requests, which throws where one fails, and says what computed them. Under some policies
// the console is the only way out.

import { createRanker } from "./model.js";

const bytes = async (name) => new Uint8Array(await (await fetch(name)).arrayBuffer());
try {
  const ranker = await createRanker({ weights: await bytes("model.weights.bin"), verify: true });
  console.log(`${ranker.backend}, ${ranker.verify() < 1e-4}`);
} catch (error) {
  console.log(`failed: ${error}`);
}
