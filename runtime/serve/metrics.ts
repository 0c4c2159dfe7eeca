// The numbers for Prometheus: requests by result, their seconds, candidates, reloads, threads, which model is loaded, the
// counts of the loaded model, and the process itself.

import type * as Prometheus from "prom-client";
import type { About } from "../../compiler/serve/about.ts";
import type { RankerStats, ValueStats } from "../../compiler/serve/stats.ts";

/** The package, which threads that score do not load. */
export type PrometheusPackage = (typeof Prometheus)["default"];

export class ServerMetrics {
  private readonly registry: Prometheus.Registry;
  private readonly counted: CountedMetrics;
  readonly requests: Prometheus.Counter<"result">;
  readonly candidates: Prometheus.Counter;
  readonly seconds: Prometheus.Histogram;
  readonly reloads: Prometheus.Counter<"result">;
  readonly threadsEnded: Prometheus.Counter;

  /** `now` gives the loaded model, or null before the first one. */
  constructor(
    { Counter, Gauge, Histogram, Registry, ...others }: PrometheusPackage,
    now: () => { readonly about: About; readonly ready: number } | null,
  ) {
    this.registry = new Registry();
    const registers = [this.registry];
    const named = (name: string, help: string) => ({ name, help, registers });
    others.collectDefaultMetrics({ register: this.registry });
    this.counted = new CountedMetrics(Counter, registers);
    this.requests = new Counter({
      ...named(
        "ranker_requests_total",
        "Requests by their result: scored, wrong (the caller's mistake), refused (too many at once, or not scored in time), failed",
      ),
      labelNames: ["result"],
    });
    this.candidates = new Counter({
      ...named("ranker_candidates_total", "Candidates that were scored"),
    });
    this.seconds = new Histogram({
      ...named("ranker_request_seconds", "Seconds from a request's arrival to its scores"),
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1],
    });
    this.reloads = new Counter({
      ...named(
        "ranker_reloads_total",
        "New files of a model that were taken, or that could not be used (refused)",
      ),
      labelNames: ["result"],
    });
    this.threadsEnded = new Counter({
      ...named(
        "ranker_threads_ended_total",
        "Threads that ended of themselves or were stuck, and are replaced",
      ),
    });
    new Gauge({
      ...named("ranker_threads", "Threads that take requests"),
      collect() {
        this.set(now()?.ready ?? 0);
      },
    });
    new Gauge({
      ...named(
        "ranker_model_info",
        "1 for the model, the program and the run that are loaded, and the dinc that made the program",
      ),
      labelNames: ["model", "program", "run", "version"],
      collect() {
        this.reset();
        const about = now()?.about;
        if (about !== undefined) this.set({ ...about, run: about.run ?? "" }, 1);
      },
    });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** The text for Prometheus; `stats` are the counts of the loaded model. */
  text(stats: RankerStats | null): Promise<string> {
    if (stats !== null) this.counted.take(stats);
    return this.registry.metrics();
  }
}

/** Counters that begin again from 0 with another model: Prometheus knows that of counters. */
class CountedMetrics {
  private readonly values: Prometheus.Counter<"feature" | "history" | "is">;
  private readonly requests: Prometheus.Counter<"history">;
  private readonly steps: Prometheus.Counter<"history">;
  private readonly scores: Prometheus.Counter<"label" | "from">;

  constructor(Counter: PrometheusPackage["Counter"], registers: Prometheus.Registry[]) {
    const counter = <T extends string>(name: string, help: string, ...labelNames: T[]) =>
      new Counter({ name, help, labelNames, registers });
    this.values = counter(
      "ranker_values_total",
      "Values of features, of histories' steps where `history` is not empty: known, unknown to training, missing, out_of_range",
      ...(["feature", "history", "is"] as const),
    );
    this.requests = counter(
      "ranker_history_requests_total",
      "Requests, as many as there are histories of each: steps by requests is their mean length",
      "history",
    );
    this.steps = counter("ranker_history_steps_total", "Steps of histories", "history");
    this.scores = counter(
      "ranker_scores_total",
      "Scores by label, from `from` to 0.05 above it",
      ...(["label", "from"] as const),
    );
  }

  take(stats: RankerStats): void {
    for (const metric of [this.values, this.requests, this.steps, this.scores]) metric.reset();
    this.add("", stats.features);
    for (const [history, { lengths, fields }] of Object.entries(stats.histories)) {
      this.requests.inc({ history }, stats.requests);
      this.steps.inc({ history }, lengths.sum);
      this.add(history, fields);
    }
    for (const [label, bins] of Object.entries(stats.scores))
      for (const [bin, count] of bins.entries())
        this.scores.inc({ label, from: (bin / bins.length).toFixed(2) }, count);
  }

  private add(history: string, features: Readonly<Record<string, ValueStats>>): void {
    for (const [feature, { values, unknown, missing, numbers }] of Object.entries(features)) {
      const outOfRange = numbers?.outOfRange ?? 0;
      this.values.inc({ feature, history, is: "known" }, values - (unknown ?? 0) - outOfRange);
      if (unknown !== null) this.values.inc({ feature, history, is: "unknown" }, unknown);
      if (numbers !== null) this.values.inc({ feature, history, is: "out_of_range" }, outOfRange);
      this.values.inc({ feature, history, is: "missing" }, missing);
    }
  }
}
