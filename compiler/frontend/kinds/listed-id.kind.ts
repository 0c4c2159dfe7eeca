// `id(file: "items.txt")`: the values that a file lists, one a line.

import { defineIdKind } from "./define-kind.ts";
import { call, vocabulary } from "./made.ts";
import { badOption, option } from "./options.ts";

export const listedId = defineIdKind("listed_id", {
  keyword: "id",
  options: ["file"],
  form: 'id(file: "items.txt")',
  doc: "One of the values in `file`, which has one value per line; its path is relative to the spec. An unknown value is the id 1.",
  read: (reference, reporter) => {
    const file = option(reference, "file")!;
    const { value } = file;
    return value.kind === "string" && value.value !== ""
      ? { kind: "listed_id", file: { path: value.value, span: value.span } }
      : badOption(file, "id", 'a file with one value a line, like `"items.txt"`', reporter);
  },
  rawType: () => "RawId",
  rawDoc: () => "Any id; an id outside its vocabulary is unknown.",
  takes: "ids",
  manyToOne: false,
  size: (_, learned) => (learned === null ? null : learned.vocabulary.length),
  space: (serve, _, { vocabulary }) => new serve.Vocabulary(vocabulary),
  code: () => call("Vocabulary", vocabulary),
  learn: null,
  vocabularyFile: ({ file }) => file,
  outsiders: null,
  valueAt: (_, { vocabulary }, index) => vocabulary[index]!,
  unknownValue: (_kind, _learned, chance) => `unseen-${chance.integer(1000)}`,
});
