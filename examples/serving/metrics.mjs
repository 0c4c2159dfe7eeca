// What Prometheus asks for: requests by result, their seconds, candidates, reloads, which model is loaded,
// what the loaded model counted of requests, and the process itself.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export function createMetrics(model) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: "ranker_model_info",
    help: "1 for the model, the program and the run that are loaded, and the dinc that made the program",
    labelNames: ["model", "program", "run", "version"],
    registers,
    collect() {
      this.reset();
      const { model: name, program, run, version } = model.about;
      this.set({ model: name, program, run: run ?? "", version }, 1);
    },
  });
  const counted = countedMetrics(registers);
  return {
    registry,
    /** Takes what the pool counted (`pool.stats()`), before the metrics are read. */
    take: counted,
    requests: new Counter({
      name: "ranker_requests_total",
      help: "Requests by their result: scored, wrong (the caller's mistake), refused (too many at once), failed",
      labelNames: ["result"],
      registers,
    }),
    candidates: new Counter({
      name: "ranker_candidates_total",
      help: "Candidates that were scored",
      registers,
    }),
    seconds: new Histogram({
      name: "ranker_request_seconds",
      help: "Seconds from a request's arrival to its scores",
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1],
      registers,
    }),
    reloads: new Counter({
      name: "ranker_reloads_total",
      help: "New files that were taken, as weights or as another module, or that did not fit (failed)",
      labelNames: ["result"],
      registers,
    }),
  };
}

/** Counters begin again from 0 when the server takes other weights: Prometheus knows that of counters. */
function countedMetrics(registers) {
  const counter = (name, help, ...labelNames) => new Counter({ name, help, labelNames, registers });
  const values = counter(
    "ranker_values_total",
    "Values of features, of histories' steps where `history` is not empty: known, unknown to training, missing, out_of_range",
    ...["feature", "history", "is"],
  );
  const requests = counter(
    "ranker_history_requests_total",
    "Requests, as many as there are histories of each: steps by requests is their mean length",
    "history",
  );
  const steps = counter("ranker_history_steps_total", "Steps of histories", "history");
  const scores = counter(
    "ranker_scores_total",
    "Scores by label, from `from` to 0.05 above it",
    "label",
    "from",
  );
  const all = [values, requests, steps, scores];
  return (stats) => {
    for (const metric of all) metric.reset();
    const add = (history, features) => {
      for (const [feature, { values: there, unknown, missing, numbers }] of Object.entries(features)) {
        const outOfRange = numbers?.outOfRange ?? 0;
        values.inc({ feature, history, is: "known" }, there - (unknown ?? 0) - outOfRange);
        if (unknown !== null) values.inc({ feature, history, is: "unknown" }, unknown);
        if (numbers !== null) values.inc({ feature, history, is: "out_of_range" }, outOfRange);
        values.inc({ feature, history, is: "missing" }, missing);
      }
    };
    add("", stats.features);
    for (const [history, { lengths, fields }] of Object.entries(stats.histories)) {
      requests.inc({ history }, stats.requests);
      steps.inc({ history }, lengths.sum);
      add(history, fields);
    }
    for (const [label, bins] of Object.entries(stats.scores))
      for (const [bin, count] of bins.entries())
        scores.inc({ label, from: (bin / bins.length).toFixed(2) }, count);
  };
}
