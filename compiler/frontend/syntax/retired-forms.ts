// The forms that the language had and no longer teaches, in one table. A retired form keeps its meaning, that of the new form, and
// gets a warning with a certain fix. A later version adds an entry here when it replaces a form; docs/versions.md lists them.

/** A function that another form replaces. */
export interface RetiredFunction {
  readonly kind: "function";
  readonly name: string;
  /** The first day, or version, on which the new form existed. */
  readonly since: string;
  /**
   * The new form for each way to give the arguments: names of parameters in an expression of the language. The parameters of
   * a form are those of the longest one, and a call takes the form with exactly its arguments.
   */
  readonly forms: readonly { readonly parameters: readonly string[]; readonly written: string }[];
  /** Why the new form is better, as a clause. */
  readonly reason: string;
}

/** An argument of some functions that has another name now. */
export interface RetiredArgument {
  readonly kind: "argument";
  readonly functions: readonly string[];
  readonly name: string;
  readonly since: string;
  readonly instead: string;
  readonly reason: string;
}

/** A setting that is an option of statements now; `modules/label-weights.ts` moves it. */
export interface RetiredSetting {
  readonly kind: "setting";
  /** The old and the new form, as messages show them. */
  readonly was: string;
  readonly instead: string;
  readonly since: string;
  readonly reason: string;
}

export type RetiredForm = RetiredFunction | RetiredArgument | RetiredSetting;

export const labelWeightsInLoss: RetiredSetting = {
  kind: "setting",
  was: "binary_cross_entropy(click: 0.5)",
  instead: "predict click(weight: 0.5)",
  since: "2026-12-01",
  reason: "the weight of a loss is at the loss, for labels of every kind",
};

export const retiredForms: readonly RetiredForm[] = [
  {
    kind: "function",
    name: "pick",
    since: "2026-11-27",
    forms: [{ parameters: ["list", "n"], written: "list[n]" }],
    reason: "elements of lists and of vectors are read by their numbers",
  },
  {
    kind: "function",
    name: "swish",
    since: "2026-12-01",
    forms: [
      { parameters: ["x"], written: "silu(x)" },
      { parameters: ["x", "beta"], written: "silu(x, beta: beta)" },
    ],
    reason: "swish and SiLU are one function",
  },
  {
    kind: "argument",
    functions: ["parameter", "dense", "star", "batch_norm"],
    name: "by",
    since: "2026-12-01",
    instead: "per",
    reason:
      "`per:` makes one for each value of a feature, as in `auc(per: page)`, and `by:` groups or orders rows",
  },
  {
    kind: "argument",
    functions: ["reverse_gradient"],
    name: "by",
    since: "2026-12-02",
    instead: "factor",
    reason: "`by:` groups or orders rows, and this is a number",
  },
  labelWeightsInLoss,
];

const functions = new Map(
  retiredForms.flatMap((form) => (form.kind === "function" ? [[form.name, form] as const] : [])),
);

const words = retiredForms.map((form) => {
  if (form.kind === "setting") return "loss";
  return form.kind === "function" ? form.name : `${form.name}\\s*:`;
});
const anyWord = new RegExp(`\\b(?:${words.join("|")})`);

export function retiredFunction(name: string): RetiredFunction | null {
  return functions.get(name) ?? null;
}

export function retiredArgument(callee: string, name: string): RetiredArgument | null {
  for (const form of retiredForms)
    if (form.kind === "argument" && form.name === name && form.functions.includes(callee)) return form;
  return null;
}

/** Tells whether a text may have a retired form, which is seldom and quickly found out. */
export function mayHaveRetired(text: string): boolean {
  return anyWord.test(text);
}

/** The old and the new form, as messages, hovers and documents show them. */
export function formsOf(form: RetiredForm): readonly (readonly [was: string, instead: string])[] {
  switch (form.kind) {
    case "function":
      return form.forms.map(({ parameters, written }) => [`${form.name}(${parameters.join(", ")})`, written]);
    case "argument":
      return form.functions.map((name) => [`${name}(…, ${form.name}: f)`, `${name}(…, ${form.instead}: f)`]);
    case "setting":
      return [[form.was, form.instead]];
  }
}
