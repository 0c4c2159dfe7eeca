// Words of the field that dinc has not: what is recommended instead is dinc, and no word is taken for another one.

import { describe, expect, test } from "vitest";
import { check } from "../../compiler/check.ts";
import { hasErrors } from "../../compiler/diagnostics/diagnostic.ts";
import { renderConcise } from "../../compiler/diagnostics/render/concise.ts";
import type { FieldWord, WordPlace } from "../../compiler/field-words/define-words.ts";
import { fieldWords, instead } from "../../compiler/field-words/field-words.ts";
import { sourceFile } from "../../compiler/source/source-file.ts";

interface Parts {
  readonly kind?: string;
  readonly label?: string;
  readonly block?: string;
  readonly value?: string;
  readonly train?: string;
}

/** A spec with a piece of it exchanged. */
function spec({
  kind = "id  embed 8",
  label = "binary",
  block = "",
  value = "x",
  train = "batch 64",
}: Parts) {
  return `model tried

features user {
  user_id : id  embed 8
  city    : id  embed 8
  tried   : ${kind}
  amounts : vector(8)
  ages    : vector(8)
}
features item { item_id : id  embed 8 }
history clicks(max: 10) { item_id <-> hist_item_id }
label click : ${label}
${block}
net {
  let x      = dense(concat(amounts, tried), 8)
  let y      = ages
  let fields = [user_id, city, y]
  let used   = ${value}
  predict click = concat(item_id, sum(clicks), x, y, sum(fields)) |> dense(1) |> sigmoid
}
train { ${train} }
`;
}

/** What a word stands for, where a piece of it may be written. */
const usedIn: Readonly<Record<WordPlace, (text: string) => Parts>> = {
  function: (value) => ({ value }),
  kind: (kind) => ({ kind }),
  transform: (transform) => ({
    kind: `number |> ${transform}${/quantiles|buckets/.test(transform) ? "  embed 4" : ""}`,
  }),
  "label kind": (label) => ({ label }),
  type: (type) => ({ block: `block typed(t: ${type}, s: ${type}) { concat() }` }),
  loss: (loss) => ({ train: `loss ${loss}` }),
  optimizer: (optimizer) => ({ train: `optimizer ${optimizer}` }),
  schedule: (schedule) => ({ train: `schedule ${schedule}` }),
  metric: (metric) => ({ train: `metrics ${metric}` }),
  regularizer: (regularizer) => ({ train: `regularize ${regularizer}` }),
  setting: (setting) => ({ train: setting }),
  option: () => ({}),
};

function errorsOf(parts: Parts): string {
  const file = sourceFile("tried.din", spec(parts));
  const { diagnostics } = check(file);
  return hasErrors(diagnostics)
    ? renderConcise(diagnostics.filter(({ severity }) => severity === "error"))
    : "";
}

const all = Object.entries(fieldWords).flatMap(([place, words]) =>
  words.map((word) => [word.names[0]!, place as WordPlace, word] as const),
);

test("the specs that words are tried in are sound", () => {
  expect(errorsOf({})).toBe("");
});

describe.each(all.filter(([, , { write, is, block }]) => (write ?? is ?? block) !== undefined))(
  "%s, as %s",
  (_, place, word) => {
    test("what is recommended checks", () => {
      if (place === "type" || place === "option") return;
      expect(trials(word, place).map(errorsOf)).toEqual(trials(word, place).map(() => ""));
    });
  },
);

/** Every text that is recommended, where it would stand. */
function trials({ names: [name], block, write, is }: FieldWord, place: WordPlace): Parts[] {
  const found: Parts[] = [];
  if (block !== undefined) found.push({ block, value: `mlp(x, [8], ${name})` });
  if (write !== undefined) found.push(usedIn[place](write));
  return found;
}
