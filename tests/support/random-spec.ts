// Random specs over the film columns of tests/torchrec/packages.ts: features of all kinds, histories, layers,
// labels, losses and training settings. Most of them pass the check; callers skip the others, because the
// checker decides which parts fit together.

import { Random } from "../../compiler/common/random.ts";

/** An expression of `net`, with its width. */
interface Value {
  readonly text: string;
  readonly width: number;
}

interface Steps extends Value {
  readonly history: string;
}

/** The possible kinds of a column's feature; `#` is replaced by a width. */
const KINDS = {
  user: {
    user_id: ["id  embed #", "id(min_count: 2)  embed #", "id(hash: 30)  embed #"],
    gender: [`enum("F", "M")  embed #`, `enum("F", "M")`],
    age: [
      "number |> standardize",
      "number |> log1p |> min_max",
      "number |> clip(20, 50) |> standardize",
      "number |> buckets(25, 35, 45)  embed #",
      "number |> quantiles(6)  embed #",
      "int(1..99)  embed #",
    ],
    occupation: ["id  embed #", "text(hash: 40, max: 4)  embed #"],
  },
  item: {
    item_id: ["id  embed #", "id(min_count: 2)  embed #", "id(hash: 40)  embed #"],
    genre: ["id  embed #", "id(hash: 9)  embed #"],
    price: ["number |> standardize", "number", "number |> log1p", "number |> quantiles(4)  embed #"],
    tags: [
      "set(id, max: 3)  embed #",
      "set(id, max: 2, pool: sum)  embed #",
      "set(id, max: 4, pool: max)  embed #",
    ],
    moods: ["set(id(hash: 12), max: 3, pool: mean)  embed #", "set(id, max: 3)  embed #"],
    face: ["vector(3)"],
  },
  context: { place: ["int(1..9)  embed #", "number"] },
} as const;

const INITS = ["", "", "", "init: normal(0.1)", "init: uniform(0.2)", "freeze, init: normal(0.1)"];
const SMOOTH = ["tanh", "sigmoid", "softplus", "gelu", "silu", "dice", "selu", "elu", "none"];
const KINKED = ["relu", "prelu", "leaky_relu", "hard_sigmoid"];
const MOMENTA = ["", "", ", momentum: 0.5", ", momentum: 0.7", ", momentum: 0.95", ", momentum: 0.99"];

export class RandomSpec {
  private readonly random: Random;
  /** Whether features have ids, and so a vector. */
  private readonly features = new Map<string, Value & { readonly isId: boolean; readonly scope: string }>();
  private readonly histories = new Map<string, string[]>();
  private readonly vectors: Value[] = [];
  private readonly sequences: Steps[] = [];
  private readonly lines: string[] = [];
  private names = 0;

  private constructor(seed: number) {
    this.random = Random.of(seed, "random spec");
  }

  /** The text of a spec called `name`, and the rows of its batch. */
  static of(seed: number, name: string): { readonly text: string; readonly batch: number } {
    return new RandomSpec(seed).made(name);
  }

  private made(name: string): { readonly text: string; readonly batch: number } {
    const items = [...this.featureItems(), ...this.historyItems()];
    const labels = this.labels();
    const groups = this.layers();
    const predictions = labels.map(({ label, kind }) => this.prediction(label, kind));
    const losses = this.losses(labels.map(({ label }) => label));
    const batch = this.one([8, 16, 24, 32]);
    const text = [
      `model ${name}`,
      ...this.trainingItems(labels),
      ...items,
      ...labels.map(({ label, kind, options }) => `label ${label} : ${kind}${options}`),
      "net {",
      ...[...this.lines, ...predictions, ...losses].map((line) => `  ${line}`),
      "}",
      "train {",
      ...this.settings(labels, predictions, groups).map((line) => `  ${line}`),
      `  batch ${batch}  epochs 1  seed ${this.random.integer(1000)}`,
      "}",
    ];
    return { text: `${text.join("\n")}\n`, batch };
  }

  // ---- Chance

  private one<T>(among: readonly T[]): T {
    return among[this.random.integer(among.length)]!;
  }

  private chance(share: number): boolean {
    return this.random.next() < share;
  }

  private number(low: number, high: number): string {
    return (low + (high - low) * this.random.next()).toPrecision(2);
  }

  private name(prefix: string): string {
    this.names++;
    return `${prefix}${this.names}`;
  }

  // ---- What is read

  private featureItems(): string[] {
    const items: string[] = [];
    for (const [scope, columns] of Object.entries(KINDS)) {
      const lines: string[] = [];
      for (const [column, kinds] of Object.entries(columns)) {
        if (column !== "user_id" && column !== "item_id" && !this.chance(0.45)) continue;
        const kind: string = this.one(kinds);
        const width = this.one([2, 3, 4, 5, 8]);
        const init = this.one(INITS);
        const embed = init === "" ? `embed ${width}` : `embed(${width}, ${init})`;
        lines.push(`  ${column} : ${kind.replace("embed #", embed)}`);
        const isId = !/^(number(?!.*(buckets|quantiles))|vector)/.test(kind);
        const own = kind.startsWith("vector") ? 3 : kind.includes("embed") ? width : isId ? 0 : 1;
        this.features.set(column, { text: column, width: own, isId, scope });
      }
      if (scope === "item" && this.chance(0.2) && this.features.has("genre")) {
        lines.push("  fits : cross(user_id, genre, hash: 50)  embed 3");
        this.features.set("fits", { text: "fits", width: 3, isId: true, scope });
      }
      if (lines.length > 0) items.push(`features ${scope} {`, ...lines, "}");
    }
    if (this.chance(0.25)) {
      const { width } = this.features.get("item_id")!;
      const kind = /item_id : (id(\([^)]*\))?)/.exec(items.join("\n"))![1]!;
      items.push(`features user { latest : ${kind}  share item_id }`);
      this.features.set("latest", { text: "latest", width, isId: true, scope: "user" });
    }
    for (const { width, text } of this.features.values()) if (width > 0) this.vectors.push({ text, width });
    return items;
  }

  /** Columns that training alone knows. */
  private trainingItems(labels: readonly { readonly options: string }[]): string[] {
    const isRead = labels.some(({ options }) => options.includes("minutes"));
    return isRead ? ["features training { minutes : number |> log1p }"] : [];
  }

  private historyItems(): string[] {
    const items: string[] = [];
    for (const history of ["liked", "seen"]) {
      if (!this.chance(history === "liked" ? 0.8 : 0.3)) continue;
      const fields: string[] = [];
      const lines: string[] = [];
      const field = (name: string, line: string, width: number) => {
        lines.push(`  ${line}`);
        fields.push(name);
        if (width > 0) this.sequences.push({ text: `${history}.${name}`, width, history });
      };
      const bound = (name: string, column: string) => {
        const feature = this.features.get(name);
        if (feature !== undefined && this.chance(0.7))
          field(name, `${name} <-> ${column}`, this.features.get(name)!.width);
      };
      const suffix = history === "liked" ? "" : "_seen";
      bound("item_id", `hist_item_id${suffix}`);
      bound("genre", `hist_genre${suffix}`);
      if (suffix === "") {
        bound("tags", "hist_tags");
        if (this.chance(0.5)) {
          const kind = this.one(["number", "number |> standardize", "int(0..4)  embed 3", "number |> log1p"]);
          field("stars", `stars : ${kind}`, kind.includes("embed") ? 3 : 1);
        }
      }
      if (fields.length === 0) continue;
      items.push(`history ${history}(max: ${this.one([2, 5, 6, 20])}) {`, ...lines, "}");
      this.histories.set(history, fields);
      const widths = this.sequences.filter((each) => each.history === history).map(({ width }) => width);
      if (widths.length > 0)
        this.sequences.push({ text: history, width: widths.reduce((a, b) => a + b, 0), history });
    }
    return items;
  }

  // ---- The network

  private layers(): string[] {
    const lets: string[] = [];
    for (let i = this.random.integer(4) + 2; i > 0; i--) {
      if (this.sequences.length > 0 && this.chance(0.35)) {
        const steps = this.stepsOf();
        const name = this.name("s");
        this.lines.push(`let ${name} = ${steps.text}`);
        this.sequences.push({ ...steps, text: name });
      } else {
        const value = this.chance(0.35) && this.sequences.length > 0 ? this.reduced() : this.vectorOf();
        const name = this.name("v");
        this.lines.push(`let ${name} = ${value.text}`);
        this.vectors.push({ ...value, text: name });
        lets.push(name);
      }
    }
    return lets;
  }

  /** Any of those that there are, the later ones more often. */
  private vector(): Value {
    const from = this.chance(0.5) ? Math.max(0, this.vectors.length - 3) : 0;
    return this.vectors[from + this.random.integer(this.vectors.length - from)]!;
  }

  private steps(): Steps {
    const from = this.chance(0.5) ? Math.max(0, this.sequences.length - 2) : 0;
    return this.sequences[from + this.random.integer(this.sequences.length - from)]!;
  }

  private width(): number {
    return this.one([1, 2, 3, 4, 6, 8, 12]);
  }

  private activation(): string {
    const dice = `x => dice(x${this.one(MOMENTA)})`;
    return this.chance(0.25) ? dice : this.chance(0.3) ? this.one(KINKED) : this.one(SMOOTH);
  }

  private as(value: Value, width: number): string {
    return value.width === width ? value.text : `linear(${value.text}, ${width})`;
  }

  private ids(): string[] {
    return [...this.features].filter(([, { isId }]) => isId).map(([name]) => name);
  }

  private domain(): string | null {
    const kinds = ["gender", "place"].filter((name) => this.features.get(name)?.isId === true);
    return kinds.length === 0 ? null : this.one(kinds);
  }

  private vectorOf(): Value {
    const a = this.vector();
    const b = this.vector();
    const { width } = a;
    const other = this.as(b, width);
    const wide = this.width();
    const same = (text: string): Value => ({ text, width });
    const fields = () => {
      const d = this.one([2, 4]);
      const count = 2 + this.random.integer(3);
      const each = Array.from({ length: count }, () => this.as(this.vector(), d));
      return { text: `[${each.join(", ")}]`, d, count };
    };
    const made: (() => Value)[] = [
      () => ({ text: `dense(${a.text}, ${wide}, ${this.activation()})`, width: wide }),
      () => ({ text: `dense(${a.text}, ${wide}, ${this.activation()})`, width: wide }),
      () => ({ text: `mlp(${a.text}, [${wide}, ${wide + 1}], ${this.activation()})`, width: wide + 1 }),
      () => ({ text: `concat(${a.text}, ${b.text})`, width: width + b.width }),
      () => ({ text: `concat(${a.text}, ${b.text})`, width: width + b.width }),
      () => same(`batch_norm(${a.text}${this.one(MOMENTA)})`),
      () => same(`batch_norm(${a.text}${this.one(MOMENTA)})`),
      () => same(`layer_norm(dense(${a.text}, ${width}))`),
      () => same(`dice(${a.text}${this.one(MOMENTA)})`),
      () => {
        const by = this.domain();
        return same(`batch_norm(${a.text}${by === null ? "" : `, per: ${by}`}${this.one(MOMENTA)})`);
      },
      () => {
        const by = this.domain();
        const f = this.chance(0.5) && by !== null ? "star" : "dense";
        return {
          text: `${f}(${a.text}, ${wide}${by === null ? "" : `, by: ${by}`})`,
          width: wide,
        };
      },
      () => same(`${a.text} * ${other}`),
      () => same(`${a.text} + ${other}`),
      () => same(`${a.text} - ${other}`),
      () => same(`${a.text} / (1 + abs(${other}))`),
      () => same(`max(${a.text}, ${other})`),
      () => same(`where(total(${a.text}) > 0.01, ${a.text}, ${other})`),
      () => same(`softmax(${a.text})`),
      () => same(`exp(-abs(${a.text}))`),
      () => same(`log(1 + abs(${a.text}))`),
      () => same(`sqrt(0.1 + pow(${a.text}, 2))`),
      () => same(`clip(${a.text}, -0.5, 0.5)`),
      () => same(`sin(${a.text}) * cos(${other})`),
      () => same(`dropout(${a.text}, 0)`),
      () => same(`stop_gradient(${a.text}) + ${other}`),
      () => same(`cross(${a.text}, layers: ${this.one([1, 2])})`),
      () => same(`gated_by(${a.text}, ${b.text})`),
      () => ({ text: `dot(${a.text}, ${other})`, width: 1 }),
      () => {
        const id = this.one(this.ids());
        const n = this.one([2, 4]);
        return this.chance(0.4)
          ? { text: `weight(${id})`, width: 1 }
          : { text: `embed(${id}, ${n}, name: "${this.name("t")}")`, width: n };
      },
      () => ({ text: `embed(${this.one([...this.features.keys()])}, 3)`, width: 3 }),
      () => same(`${a.text} * parameter(${width}, per: ${this.one(this.ids())}, init: 1)`),
      () => same(`${a.text} + parameter(${width})`),
      () => ({ text: `fm(${fields().text})`, width: 1 }),
      () => {
        const { text, d } = fields();
        return { text: `bi_interaction(${text})`, width: d };
      },
      () => {
        const { text, d } = fields();
        return { text: `afm(${text}, width: 3)`, width: d };
      },
      () => {
        const { text, count } = fields();
        return { text: `inner_products(${text})`, width: (count * (count - 1)) / 2 };
      },
      () => {
        const { text, d, count } = fields();
        return { text: `flatten(bilinear(${text}))`, width: (d * count * (count - 1)) / 2 };
      },
      () => {
        const { text, d, count } = fields();
        return { text: `flatten(senet(${text}))`, width: d * count };
      },
      () => {
        const { text, d, count } = fields();
        return { text: `flatten(mix(${text}, ${count}))`, width: d * count };
      },
      () => {
        const { text, count } = fields();
        return { text: `flatten(interacting(${text}, 4))`, width: 4 * count };
      },
      () => {
        const { text, d } = fields();
        return { text: `sum(batch_norm(${text}${this.one(MOMENTA)}))`, width: d };
      },
      () => {
        const { text, d } = fields();
        return { text: `last(${this.one(["gru", "lstm"])}(${text}, width: ${d}))`, width: d };
      },
      () => ({ text: `mmoe(${a.text}, 2, 2, [${wide}])[1]`, width: wide }),
      () => ({ text: `ple(${a.text}, 2, 1, 1, [${wide}])[2]`, width: wide }),
      () => ({ text: `ppnet(${a.text}, ${b.text}, [${wide}])`, width: wide }),
      () => ({ text: `mask_block(${a.text}, ${b.text}, ${wide}, 3)`, width: wide }),
      () => ({ text: `instance_mask(${a.text}, ${wide}, 3)`, width: wide }),
      () => ({ text: `attention(${a.text}, parameter(3, ${width}), parameter(3, 4))`, width: 4 }),
    ];
    return this.one(made)();
  }

  private stepsOf(): Steps {
    const s = this.steps();
    const { width, history } = s;
    const v = this.vector();
    const n = this.one([2, 4, 6]);
    const steps = (text: string, wide: number): Steps => ({ text, width: wide, history });
    const of = this.sequences.filter((each) => each.history === history);
    const other = this.one(of);
    const made: (() => Steps)[] = [
      () => steps(`dense(${s.text}, ${n}, ${this.activation()})`, n),
      () => steps(`dense(${s.text}, ${n}, ${this.activation()})`, n),
      () => steps(`batch_norm(${s.text}${this.one(MOMENTA)})`, width),
      () => steps(`dice(${s.text}${this.one(MOMENTA)})`, width),
      () => steps(`gru(${s.text}, width: ${n})`, n),
      () => steps(`lstm(${s.text}, width: ${n})`, n),
      () => steps(`scan_back(gru_cell, ${s.text}, width: ${n})`, n),
      () => steps(`augru(${s.text}, softmax(dot(${s.text}, ${this.as(v, width)})), width: ${n})`, n),
      () => steps(`window(${s.text}, 3)`, 3 * width),
      () => steps(`${s.text} * ${this.as(v, width)}`, width),
      () => steps(`concat(${s.text}, ${v.text})`, width + v.width),
      () => steps(`${s.text} + position(${s.text}, ${width})`, width),
      () => steps(`concat(${s.text}, ${other.text})`, width + other.width),
      () => steps(`concat(${s.text}, buckets(place(${s.text}), [2, 4], 3))`, width + 3),
      () => steps(`causal_multi_head(linear(${s.text}, 4), heads: ${this.one([1, 2])})`, 4),
      () => steps(`multi_head(linear(${s.text}, 4), heads: ${this.one([1, 2])})`, 4),
      () => steps(`encoder(linear(${s.text}, 4), 6, heads: 2, rate: 0)`, 4),
      () => steps(`before_last(append(${s.text}, ${this.as(v, width)}))`, width),
      () => steps(`softmax(dot(${s.text}, ${this.as(v, width)})) * ${s.text}`, width),
      () => steps(`exp(-0.1 * place(${s.text})) * ${s.text}`, width),
      () => {
        const faced = `dot(${s.text}, facing(${s.text}))`;
        return steps(`sum(softmax(${faced}) * facing(${s.text}))`, width);
      },
    ];
    return this.one(made)();
  }

  /** A sequence as one vector. */
  private reduced(): Value {
    const s = this.steps();
    const { width } = s;
    const v = this.vector();
    const query = this.as(v, width);
    const vector = (text: string, wide = width): Value => ({ text, width: wide });
    const made: (() => Value)[] = [
      ...["sum", "mean", "max", "min", "last", "first"].map((f) => () => vector(`${f}(${s.text})`)),
      () => vector(`sum(softmax(dot(${s.text}, ${query})) * ${s.text})`),
      () => vector(`attend(${query}, ${s.text}, units: [4, 3], activation: ${this.activation()})`),
      () => vector(`attend_softmax(${query}, ${s.text}, units: [4], activation: ${this.activation()})`),
      () => vector(`target_attention(linear(${v.text}, 4), ${s.text}, heads: ${this.one([1, 2])})`, 4),
      () => vector(`attention(${query}, ${s.text}, ${s.text})`),
      () => vector(`mean(${s.text}, where: place(${s.text}) > 1)`),
      () => vector(`sum(${s.text}, where: dot(${s.text}, ${query}) > 0)`),
      () => vector(`sum(top(${s.text}, 2))`),
      () => vector(`mean(top(${s.text}, 2, by: dot(${s.text}, ${query})))`),
      () => {
        const name = this.name("k");
        this.lines.push(`layer ${name} = linear(3)`);
        return vector(`sum(softmax(dot(${name}(${s.text}), ${name}(${query}))) * ${s.text})`);
      },
      () => vector(`last(gru(${s.text}, width: 3))`, 3),
      () => vector(`mean(dot(before_last(${s.text}), after_first(${s.text})))`, 1),
      () => vector(`mean(append(${s.text}, ${query}))`),
      () => vector(`sum(place(${s.text})) / 10`, 1),
    ];
    return this.one(made)();
  }

  // ---- What is predicted, and how it is trained

  private labels() {
    const weight = this.chance(0.2) ? "(weight: minutes)" : "";
    const found = [{ label: "like", kind: "binary", options: weight }];
    if (this.chance(0.35))
      found.push({ label: "buy", kind: "binary", options: this.one(["", "", "(weight: like)"]) });
    if (this.chance(0.2)) found.push({ label: "again", kind: "binary", options: "(missing: none)" });
    if (this.chance(0.25)) found.push({ label: "watched", kind: "number", options: "" });
    if (this.chance(0.2)) found.push({ label: "grade", kind: "int(1..4)", options: "" });
    return found;
  }

  private prediction(label: string, kind: string): string {
    const parts = this.vectors.slice(-3).map(({ text }) => text);
    const joined = `concat(${[...new Set([...parts, this.vector().text, this.vector().text])].join(", ")})`;
    const hidden = this.chance(0.6)
      ? `${joined} |> dense(${this.one([4, 8])}, ${this.activation()})`
      : joined;
    const weight = (text: string) =>
      this.chance(0.1) ? text.replace(/^predict (\w+) =/, "predict $1(weight: 0.5) =") : text;
    if (kind === "number") {
      const loss = this.one(["squared", "absolute", "huber", "log_cosh"]);
      if (this.chance(0.3))
        return `predict ${label}(loss: ${this.one(["poisson", "tweedie"])}) = ${hidden} |> dense(1) |> exp`;
      return `predict ${label}${this.chance(0.5) ? `(loss: ${loss})` : ""} = ${hidden} |> dense(1)`;
    }
    if (kind.startsWith("int")) {
      if (this.chance(0.3)) return `predict ${label} = ordinal(${hidden} |> dense(1), 4)`;
      return weight(`predict ${label} = ${hidden} |> dense(4) |> softmax`);
    }
    const logit = `(${hidden} |> dense(1))`;
    return weight(
      this.one([
        `predict ${label} = ${logit} |> sigmoid`,
        `predict ${label} = ${logit} |> sigmoid`,
        `predict ${label} = ${logit} + weight(item_id) |> sigmoid`,
        `predict ${label} = (${logit} |> sigmoid) * (user_id |> dense(1) |> sigmoid)`,
        `predict ${label}(loss: hinge) = ${logit} |> sigmoid`,
      ]),
    );
  }

  private losses(labels: readonly string[]): string[] {
    if (!this.chance(0.35)) return [];
    const [a, b] = [this.vector(), this.vector()];
    const label = this.one(labels);
    const pair = `linear(${a.text}, 3), linear(${b.text}, 3)`;
    const weight = this.one(["", "(weight: 0.3)", "(weight: 0)"]);
    const loss = this.one([
      `log_loss(dot(${pair}), 1)`,
      `squared(dense(${a.text}, 1), like)`,
      `log_loss(dot(linear(${a.text}, 3), shuffled(linear(${b.text}, 3))), 0)`,
      `in_batch_softmax(${pair}, item_id, temperature: 0.5)`,
      `info_nce(${pair}, temperature: 0.5)`,
      `abs(dense(${a.text}, 1) - like) * 0.1`,
      `total(parameter(3, init: 0.5)) * 0.1`,
      `bpr(dense(${a.text}, 1), like, by: user_id)`,
      `sum(abs(batch(dense(${a.text}, 1)) - dense(${b.text}, 1))) / 10`,
      `mean(batch(${label})) * dense(${a.text}, 1)`,
    ]);
    return [`loss beside${weight} = ${loss}`];
  }

  private optimizer(): string {
    const rate = (most: number) => this.number(most / 10, most);
    return this.one([
      () => `sgd(${rate(0.3)})`,
      () => `momentum(${rate(0.05)}, momentum: ${this.number(0.3, 0.9)}, nesterov: ${this.chance(0.5)})`,
      () => `adam(${rate(0.02)}, epsilon: ${this.one(["1e-8", "1e-4", "1e-2"])})`,
      () =>
        `adam(${rate(0.02)}, beta1: ${this.number(0.5, 0.9)}, beta2: ${this.number(0.9, 0.99)}, epsilon: 1e-3)`,
      () => `adamw(${rate(0.02)}, weight_decay: ${this.number(0.01, 0.5)}, epsilon: 1e-4)`,
      () => `adagrad(${rate(0.1)})`,
      () =>
        `adagrad(${rate(0.1)}, row_wise: true, initial_accumulator: ${this.number(0.1, 1)}, epsilon: 1e-5)`,
      () => `adagrad(${rate(0.1)}, initial_accumulator: ${this.number(0.01, 0.5)})`,
      () =>
        `ftrl(${rate(0.3)}, l1: ${this.one(["0", "0.01", "0.1"])}, l2: ${this.one(["0", "0.1"])}, beta: ${this.number(0.5, 2)})`,
      () => `grda(${rate(0.1)}, c: ${this.number(0.001, 0.05)}, mu: ${this.number(0.5, 0.8)})`,
    ])();
  }

  private settings(
    labels: readonly { readonly label: string; readonly kind: string }[],
    predictions: readonly string[],
    lets: readonly string[],
  ): string[] {
    const parts = ["tables", "item_id", "user_id", "like", ...lets.slice(0, 1), ...this.histories.keys()];
    // A weight is said once.
    const binary = labels.filter(({ kind }, i) => kind === "binary" && !predictions[i]!.includes("weight:"));
    const weights = binary.map(({ label }) =>
      this.chance(0.2) ? `${label}: ${this.one(["0.5", "2", "0"])}` : "",
    );
    const lossOptions = (...options: string[]) =>
      [...options, ...weights].filter((each) => each !== "").join(", ");
    const positive = this.chance(0.3) ? `positive: ${this.number(0.5, 4)}` : "";
    const smoothing = this.chance(0.3) ? `smoothing: ${this.number(0.01, 0.2)}` : "";
    const cross = lossOptions(smoothing, positive);
    const focal = lossOptions(
      `gamma: ${this.one(["0", "0.5", "1", "2"])}`,
      this.chance(0.5) ? `alpha: ${this.number(0.1, 0.9)}` : "",
    );
    const strength = () => this.one(["1e-4", "1e-3", "1e-2"]);
    const lines = [
      this.chance(0.25)
        ? `loss focal(${focal})`
        : `loss binary_cross_entropy${cross === "" ? "" : `(${cross})`}`,
      `optimizer ${[
        this.optimizer(),
        ...(this.chance(0.25) ? [this.optimizer().replace(/\)$/, `, for: ${this.one(parts)})`)] : []),
      ].join(", ")}`,
    ];
    if (this.chance(0.4))
      lines.push(
        `schedule ${this.one([
          `constant(warmup: ${this.one([0, 1, 3])})`,
          `linear(final: ${this.number(0, 0.5)})`,
          `cosine(warmup: ${this.one([0, 2])}, final: 0.1)`,
          `step(every: ${this.one([1, 4])}, factor: 0.7)`,
          `exponential(every: 5, factor: ${this.number(0.4, 0.9)})`,
        ])}`,
      );
    if (this.chance(0.3)) lines.push(`clip norm(${this.one(["0.01", "0.1", "1.0", "5.0"])})`);
    const isAware = this.chance(0.15);
    const tables = isAware ? "0" : this.one(["0", "1e-3"]);
    const pulls = [
      ...(this.chance(0.2) ? [`l2(dense: ${strength()}, tables: ${tables})`] : []),
      ...(isAware ? [`mini_batch_aware(${strength()})`] : []),
      ...(this.chance(0.15)
        ? [`l1(${strength()}${this.chance(0.5) ? `, for: ${this.one(parts)}` : ""})`]
        : []),
      ...(this.chance(0.15) ? [`group_lasso(${strength()}${this.chance(0.5) ? ", for: item_id" : ""})`] : []),
    ];
    if (pulls.length > 0) lines.push(`regularize ${pulls.join(", ")}`);
    if (this.chance(0.06)) lines.push("average ema(0.9)");
    return lines;
  }
}
