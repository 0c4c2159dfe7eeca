// Settings that a package for PyTorch refuses. Each message names the setting, its place, and what to write instead.

import { expect, test } from "vitest";
import { emitTorchrec } from "../../compiler/backends/torchrec/package.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { testContext } from "../support/emitted.ts";

interface Written {
  readonly label?: string;
  readonly net?: string;
  readonly train?: string;
}

/** A spec with a transform of a label, one more statement in its network, or one more setting. */
const spec = ({ label = "", net = "", train = "" }: Written) => `model refused
features user { user_id : id  embed 4 }
features item { item_id : id  embed 4  request_id : id }
label click : binary
label stars : number ${label}
net {
  let score = dot(user_id, item_id)
  predict click = score |> sigmoid
  predict stars = score
  ${net}
}
train { ${train} }
`;

test.each([
  [{ train: "tables anew" }, "tables anew", "leave it out", 12],
  [{ net: "loss pairs = mean(drawn(item_id, 4) == item_id)" }, "drawn(item_id)", "leave the loss out", 10],
  [{ net: "loss pairs = mean(weight(drawn(item_id, 4)))" }, "drawn(item_id)", "leave the loss out", 10],
  [{ label: "|> standardize" }, "standardize of the label stars", "leave it out", 5],
])("%j", (written, setting, instead, line) => {
  const text = spec(written);
  const { value, diagnostics } = check(sourceFile("model.din", text));
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  let refusal: unknown = null;
  try {
    emitTorchrec(value!, testContext);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(DiagnosticError);
  const [found, ...others] = (refusal as DiagnosticError).diagnostics;
  expect(others).toEqual([]);
  expect(found).toMatchObject({
    code: "DIN0649",
    message: `a package of \`target: "torchrec"\` cannot train with \`${setting}\``,
    help: `${instead}, for example in a variant, or train with \`dinc train\``,
  });
  const { location } = found!;
  const place = location.kind === "text" ? location.span.start : null;
  expect(text.slice(0, place!).split("\n").length).toBe(line);
});
