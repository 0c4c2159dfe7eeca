// Catalogue: values of params and variants from the command line or dinc.yaml. Codes DIN0415–DIN0419.

import { defineError, withHelps } from "./define.ts";

export const unknownParam = withHelps(
  defineError<{ name: string }>({
    code: "DIN0415",
    name: "unknown-param",
    message: ({ name }) => `the spec has no param \`${name}\``,
    explanation:
      "`--param` and `params:` in dinc.yaml set the params that the spec, or a file that it imports, declares with `param`.",
  }),
  {
    none: () => "it declares none; write `param name = default`",
  },
);

export const paramType = defineError<{ name: string; expected: string; got: string }>({
  code: "DIN0416",
  name: "param-type",
  message: ({ name, expected, got }) => `\`${name}\` takes ${expected}, not ${got}`,
  explanation:
    "A param has the type of its default: 80 is an Int, 0.5 and 1e-3 are Floats, [80, 40] is a list of Ints. An Int may be given for a Float.",
});

export const unknownVariant = withHelps(
  defineError<{ name: string; model: string }>({
    code: "DIN0417",
    name: "unknown-variant",
    message: ({ name, model }) => `\`${model}\` has no variant \`${name}\``,
    explanation: "`--variant`, or `variant` in dinc.yaml, names a `variant … from …` of the spec.",
  }),
  {
    none: () => "it has no variants",
  },
);
