// What Prometheus asks for: requests by result, their seconds, candidates, reloads, which model is loaded, and the process itself.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export function createMetrics(model) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: "ranker_model_info",
    help: "1 for the model, the program and the run that are loaded",
    labelNames: ["model", "program", "run"],
    registers,
    collect() {
      this.reset();
      const { model: name, program, run } = model.about;
      this.set({ model: name, program, run: run ?? "" }, 1);
    },
  });
  return {
    registry,
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
