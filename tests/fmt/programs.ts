// Random specs that parse, from the grammar: what they mean is no matter.

import fc from "fast-check";

const name = fc.constantFrom(
  "a",
  "item_id",
  "x",
  "model",
  "label",
  "embed",
  "loss",
  "train",
  "from",
  "variant",
  "a_rather_long_name_for_a_feature",
);
const number = fc.constantFrom("0", "42", "10_000", "0.5", "1e-3");
const text = fc.constantFrom('"f"', '"a \\" quote // no comment"', '""');

function separated(
  part: fc.Arbitrary<string>,
  min: number,
  max: number,
  between = ", ",
): fc.Arbitrary<string> {
  return fc.array(part, { minLength: min, maxLength: max }).map((parts) => parts.join(between));
}

/** Null most of the time. */
function rarely(part: fc.Arbitrary<string>): fc.Arbitrary<string | null> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: part });
}

const trailingComma = fc.constantFrom("", "", ",");

const { expression, sum } = fc.letrec<
  Record<"expression" | "sum" | "operand" | "arguments" | "value", string>
>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthIdentifier: "expression" },
    tie("expression"),
    fc.tuple(separated(name, 0, 3), tie("expression")).map(([names, body]) => `(${names}) => ${body}`),
    fc.tuple(name, tie("expression")).map(([one, body]) => `${one} => ${body}`),
  ),
  arguments: fc
    .tuple(fc.array(fc.tuple(fc.option(name), tie("value")), { maxLength: 3 }), trailingComma)
    .map(([list, end]) => {
      const shown = list.map(([key, value]) => (key === null ? value : `${key}: ${value}`));
      return shown.join(", ") + (shown.length > 0 ? end : "");
    }),
  operand: fc.oneof(
    { maxDepth: 3, depthIdentifier: "expression" },
    { weight: 8, arbitrary: name },
    { weight: 3, arbitrary: number },
    { weight: 1, arbitrary: text },
    fc.tuple(name, tie("arguments")).map(([callee, list]) => `${callee}(${list})`),
    tie("expression").map((inner) => `(${inner})`),
    tie("operand").map((inner) => `-${inner}`),
    fc.tuple(name, name).map(([object, field]) => `${object}.${field}`),
    fc
      .tuple(fc.array(tie("expression"), { maxLength: 3 }), trailingComma)
      .map(([list, end]) => `[${list.join(", ")}${list.length > 0 ? end : ""}]`),
  ),
  sum: fc
    .tuple(
      tie("operand"),
      fc.array(fc.tuple(fc.constantFrom("+", "-", "*", "/"), tie("operand")), { maxLength: 2 }),
    )
    .map(([first, rest]) => [first, ...rest.map(([sign, operand]) => ` ${sign} ${operand}`)].join("")),
  expression: fc
    .tuple(
      tie("sum"),
      rarely(tie("sum")),
      fc.array(fc.tuple(name, rarely(tie("arguments"))), { maxLength: 2 }),
    )
    .map(([low, high, stages]) => {
      const range = high === null ? low : `${low}..${high}`;
      return range + stages.map(([f, list]) => ` |> ${f}${list === null ? "" : `(${list})`}`).join("");
    }),
}));

const type = fc.oneof(
  fc.constantFrom("Prob", "Int", "Vec[2*d + 1]", "Seq[h, d]", "Activation"),
  fc.tuple(name, sum).map(([head, width]) => `${head}[${width}]`),
);
const options = fc
  .array(fc.oneof(number, text), { maxLength: 12 })
  .map((list) => (list.length > 0 ? `(${list.join(", ")})` : ""));
const kind = fc.tuple(fc.constantFrom("id", "enum", "int"), options).map((parts) => parts.join(""));
const transforms = fc
  .array(fc.constantFrom("log1p", "clip(0, 1)"), { maxLength: 3 })
  .map((list) => list.map((one) => ` |> ${one}`).join(""));
const embed = fc.option(number).map((width) => (width === null ? "" : `  embed ${width}`));
const between = fc.constantFrom(" ", "\n", "\n\n", "\n  /// doc\n  ", "\n// plain\n");

function body(
  thing: fc.Arbitrary<string>,
  min: number,
  max: number,
  gaps: fc.Arbitrary<string> = between,
): fc.Arbitrary<string> {
  return fc
    .tuple(fc.array(fc.tuple(gaps, thing), { minLength: min, maxLength: max }), fc.constantFrom(" ", "\n"))
    .map(([list, end]) => `{${list.map((parts) => parts.join("")).join("")}${end}}`);
}

/** Documentation stands above what may have it. */
const plainBetween = fc.constantFrom(" ", "\n", "\n\n", "\n// plain\n");

const names = fc
  .array(fc.oneof({ weight: 3, arbitrary: name }, fc.constant("c1..c3")), { minLength: 1, maxLength: 9 })
  .map((list) => list.join(", "));
const feature = fc
  .tuple(rarely(names), name, kind, transforms, embed)
  .map(([several, one, of, by, width]) => `${several ?? one} : ${of}${by}${width}`);
const bound = fc.tuple(name, fc.constantFrom("<->", "↔"), name).map((parts) => parts.join(" "));
const let_ = fc.tuple(name, expression).map(([one, value]) => `let ${one} = ${value}`);
const predict = fc.tuple(name, expression).map(([one, value]) => `predict ${one} = ${value}`);
const loss = fc
  .tuple(name, fc.constantFrom("", "(weight: 0.5)", "()"), expression)
  .map(([one, weight, value]) => `loss ${one}${weight} = ${value}`);
const parameter = fc
  .tuple(name, fc.option(type), fc.option(number))
  .map(([one, of, value]) => one + (of === null ? "" : `: ${of}`) + (value === null ? "" : ` = ${value}`));
const setting = fc
  .tuple(fc.constantFrom("loss", "batch", "metrics"), separated(fc.oneof(number, text), 1, 14))
  .map((parts) => parts.join(" "));

const param = fc.tuple(name, expression).map(([one, value]) => `param ${one} = ${value}`);

/** What may stand in a file and in a variant. */
const item = fc.oneof(
  param,
  fc
    .tuple(fc.constantFrom("user", "item"), body(feature, 0, 5))
    .map(([scope, inner]) => `features ${scope} ${inner}`),
  fc
    .tuple(name, options, body(fc.oneof(bound, feature), 0, 4))
    .map(([one, list, inner]) => `history ${one}${list} ${inner}`),
  name.map((one) => `label ${one} : binary`),
  fc
    .tuple(name, separated(parameter, 0, 5), fc.option(type), body(let_, 0, 3, plainBetween), name)
    .map(([one, list, result, lets, value]) => {
      const to = result === null ? "" : ` -> ${result}`;
      return `block ${one}(${list})${to} ${lets.slice(0, -1)}\n${value}}`;
    }),
  body(fc.oneof(let_, predict, loss), 0, 5, plainBetween).map((inner) => `net ${inner}`),
  body(setting, 0, 5, plainBetween).map((inner) => `train ${inner}`),
);

/** A variant's items begin lines, as a file's do. */
const variant = fc
  .tuple(name, name, body(item, 0, 3, fc.constantFrom("\n", "\n\n", "\n  // plain\n  ")))
  .map(([one, parent, inner]) => `variant ${one} from ${parent} ${inner}`);
const import_ = text.map((path) => `import ${path}`);

export const programs: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.oneof({ weight: 6, arbitrary: item }, variant, import_), { maxLength: 5 }),
    fc.constantFrom("\n", "\n\n", "\n\n\n"),
  )
  .map(([items, gap]) => `model m${gap}${items.join(gap)}\n`);
