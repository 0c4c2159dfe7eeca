// Ranks the request in the text area, again whenever it changes. It begins with a golden request of the model.
import { createRanker } from "./ranker/model.js";

const [about, text, list] = ["about", "request", "scores"].map((id) => document.getElementById(id));
const fetched = async (file) => {
  const response = await fetch(`./ranker/${file}`);
  if (!response.ok) throw new Error(`${file}: ${response.status} ${response.statusText}`);
  return response;
};

try {
  const [weights, golden] = await Promise.all([
    fetched("model.weights.bin").then((response) => response.arrayBuffer()),
    fetched("model.golden.json").then((response) => response.json()),
  ]);
  const ranker = await createRanker({ weights, verify: true });
  text.value = JSON.stringify(golden.requests[0].request, null, 2);
  text.addEventListener("input", () => show(ranker));
  show(ranker);
} catch (error) {
  about.textContent = error.message;
}

function show(ranker) {
  list.replaceChildren();
  let request;
  try {
    request = JSON.parse(text.value);
    const started = performance.now();
    const scores = ranker.rank(request);
    const taken = Math.round(1000 * (performance.now() - started));
    about.textContent = `${ranker.about.model}, ${ranker.backend}: ${request.candidates.length} candidates in ${taken} µs`;
    const lists = ArrayBuffer.isView(scores) ? [scores] : Object.values(scores);
    const order = [...request.candidates.keys()].sort((a, b) => lists[0][b] - lists[0][a]);
    list.append(
      ...order.map((c) =>
        line(
          request.candidates[c],
          lists.map((numbers) => numbers[c]),
        ),
      ),
    );
  } catch (error) {
    about.textContent = error.message;
  }
}

function line(candidate, scores) {
  const item = document.createElement("li");
  item.textContent = `${scores.map((score) => score.toFixed(4)).join(" · ")}  ${JSON.stringify(candidate)}`;
  return item;
}
