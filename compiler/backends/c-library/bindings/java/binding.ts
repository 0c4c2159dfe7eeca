// A package in Java: records made from the spec, over the library by foreign functions, or by JNI before Java 22.

import { unreachable } from "../../../../common/internal-error.ts";
import { cComment } from "../../names.ts";
import { answerDoc, answerParts, isOneNumber, numbersOfCandidate, numbersOfRequest } from "../answer.ts";
import type { BindingFacts, BindingField, BindingPart, LanguageBinding } from "../binding.ts";
import { camelCase, filled, pascalCase, snakeCase, spelled, wordSet, wordsOf } from "../spelling.ts";
import { library } from "./library.generated.ts";

export const java: LanguageBinding = {
  title: "Java",
  doc: ({ library: { prefix } }) =>
    `\`java/\` is a package without dependencies for Java 17 and newer. \`make -C java check\` compiles it and \`lib${prefix}_java.so\` and scores the golden requests; \`make -C java serve\` serves.`,
  files: javaFiles,
  readsGolden: true,
};

const keywords = wordSet(
  `abstract assert boolean break byte case catch char class const continue default do double else enum extends final finally float
for goto if implements import instanceof int interface long native new package private protected public return short static
strictfp super switch synchronized this throw throws transient try void volatile while true false null _`,
);
/** A constructor takes at most so many values, beside the object itself. */
const MOST_COMPONENTS = 254;
/** No record may have such a component. */
const methods = wordSet("clone finalize getClass hashCode notify notifyAll toString wait");
const taken = new Set([...keywords, ...methods]);

function javaFiles(facts: BindingFacts): ReadonlyMap<string, string> {
  const { prefix } = facts.library;
  const name = wordsOf(prefix).join("").toLowerCase();
  const own = `dinc.${keywords.has(name) ? `${name}model` : name}`;
  const marks = {
    NAME: prefix,
    CAPITALS: prefix.toUpperCase(),
    PACKAGE: own,
    IMPORT: own,
    MANGLED: own.replaceAll(".", "_"),
    FOLDER: own.replaceAll(".", "/"),
    METHODS: methodsText(facts),
  };
  const fill = (file: keyof typeof library) => filled(library[file], marks);
  const folder = `java/src/${marks.FOLDER}`;
  const inPackage = [
    "About",
    "Encoder",
    "Foreign",
    "Id",
    "Jni",
    "Native",
    "Ranker",
    "RankerInputException",
    "Time",
    "Top",
    "WeightedId",
  ] as const;
  const made = modelTexts(facts, own);
  return new Map([
    ["java/Makefile", fill("Makefile")],
    [`java/${prefix}_java.c`, fill("java.c")],
    ...inPackage.map((each) => [`${folder}/${each}.java`, fill(`${each}.java`)] as const),
    ...made.map(([each, text]) => [`${folder}/${each}.java`, text] as const),
    ["java/example/Json.java", fill("Json.java")],
    ["java/example/JsonRequest.java", readerText(facts, own)],
    ["java/example/GoldenTest.java", fill("GoldenTest.java")],
    ["java/example/Server.java", fill("Server.java")],
  ]);
}

function fieldNames(names: readonly string[]): readonly string[] {
  return spelled(names, camelCase, taken);
}

function typeNames({ parts, candidates }: BindingFacts): ReadonlyMap<BindingPart, string> {
  const all = [...parts, candidates];
  const histories = all.filter(({ kind }) => kind === "history");
  const steps = spelled(
    histories.map(({ name }) => name),
    pascalCase,
    taken,
    "",
  );
  return new Map(
    all.map((part) => [
      part,
      part.kind === "history"
        ? `StepOf${steps[histories.indexOf(part)]}`
        : part.kind === "candidates"
          ? "Candidate"
          : pascalCase(part.name),
    ]),
  );
}

function javaType({ type, isSet, isWeighted }: BindingField): string {
  if (isWeighted) return "List<WeightedId>";
  if (isSet) return "List<Id>";
  switch (type) {
    case "id":
      return "Id";
    case "number":
      return "Double";
    case "time":
      return "Time";
    case "vector":
      return "float[]";
    case "text":
      return "String";
    default:
      return unreachable(type, "type of a field");
  }
}

/** Tags and entities in documentation would be read. */
function docText(text: string): string {
  return cComment(text.split("\n").join(" "))
    .replace(/[<>&@{}]/g, " ")
    .trim();
}

function fieldDoc({ doc, type, width, isOptional }: BindingField): string {
  const own = docText(doc);
  return [
    ...(own === "" ? [] : [own]),
    ...(type === "vector" ? [`${width} numbers`] : []),
    isOptional ? "may be null" : "null is missing",
  ].join("; ");
}

interface Component {
  readonly name: string;
  readonly type: string;
  readonly doc: string;
}

/** The records and enums of the spec, and `Model`, which writes their values. */
function modelTexts(facts: BindingFacts, own: string): readonly (readonly [string, string])[] {
  const { parts, candidates, library, version } = facts;
  const types = typeNames(facts);
  const answers = answerParts(library);
  const histories = parts.filter(({ kind }) => kind === "history");
  const records = parts.filter(({ kind }) => kind === "record");
  const historyNames = fieldNames(histories.map(({ name }) => name));
  const file = (imports: readonly string[], text: readonly string[]) =>
    `// Generated by dinc ${cComment(version)}: edit the spec and compile it again.\npackage ${own};\n\n${imports.map((each) => `import ${each};\n`).join("")}${imports.length > 0 ? "\n" : ""}${text.join("\n")}\n`;
  const record = (name: string, doc: string, components: readonly Component[]) =>
    [
      name,
      file(components.some(({ type }) => type.startsWith("List")) ? ["java.util.List"] : [], [
        "/**",
        ` * ${doc}`,
        ...(components.length === 0 ? [] : [" *"]),
        ...components.map((each) =>
          components.length > MOST_COMPONENTS
            ? ` * ${each.name}: ${each.doc}.<br>`
            : ` * @param ${each.name} ${each.doc}`,
        ),
        " */",
        ...(components.length > MOST_COMPONENTS
          ? builtLines(name, components)
          : components.length === 0
            ? [`public record ${name}() {}`]
            : [
                `public record ${name}(\n        ${components.map((each) => `${each.type} ${each.name}`).join(",\n        ")}) {}`,
              ]),
      ]),
    ] as const;
  const request: Component[] = [
    ...records.map((part) => ({
      name: part.name,
      type: types.get(part)!,
      doc: `the ${part.name}`,
    })),
    ...(histories.length === 0
      ? []
      : [{ name: "history", type: "History", doc: "what the user did before" }]),
  ];
  const labels = spelled(
    library.labels.map(({ name }) => name),
    (name) => snakeCase(name).toUpperCase(),
  );
  return [
    record("Request", "What all candidates share.", request),
    ...(histories.length === 0
      ? []
      : [
          record(
            "History",
            "What the user did before.",
            histories.map((part, i) => ({
              name: historyNames[i]!,
              type: `List<${types.get(part)}>`,
              doc: `the steps, the latest last; the latest ${part.max} count`,
            })),
          ),
        ]),
    ...[...parts, candidates].map((part) =>
      record(
        types.get(part)!,
        part.kind === "history"
          ? `A step of ${part.name}.`
          : part.kind === "candidates"
            ? "An item to score."
            : `The ${part.name} of a request.`,
        componentsOf(part),
      ),
    ),
    [
      "Label",
      file(
        [],
        [
          "/** What is predicted. */",
          "public enum Label {",
          labels.map((label) => `    ${label}`).join(",\n"),
          "}",
        ],
      ),
    ],
    ...(isOneNumber(library)
      ? []
      : [
          record(
            "Scores",
            "The numbers of candidates by label, and the outputs of the request.",
            fieldNames(answers.map(({ name }) => name)).map((name, i) => ({
              name,
              type: "float[]",
              doc: answerDoc(answers[i]!).replace(/\.$/, "") || "a number for each candidate",
            })),
          ),
        ]),
    [
      "Model",
      file(
        ["java.util.List"],
        [
          `/** The model ${docText(library.model)}. ${docText(facts.doc)} */`,
          "final class Model {",
          `    static final int NUMBERS_OF_CANDIDATE = ${numbersOfCandidate(library)};`,
          `    static final int NUMBERS_OF_REQUEST = ${numbersOfRequest(library)};`,
          "",
          "    private Model() {}",
          "",
          "    static void encode(Encoder encoder, Request request, List<Candidate> candidates) {",
          `        encoder.begin(${parts.length}, ${histories.length === 0 ? "true" : "request.history() != null"});`,
          ...[...parts, candidates].flatMap((part) =>
            encodeLines(part, types.get(part)!, historyNames[histories.indexOf(part)] ?? ""),
          ),
          "    }",
          "}",
        ],
      ),
    ],
  ];
}

/** A class with the methods of a record, for more values than a constructor takes: its builder takes them one by one. */
function builtLines(name: string, components: readonly Component[]): readonly string[] {
  return [
    '@SuppressWarnings("unchecked")',
    `public final class ${name} {`,
    "    private final Object[] values;",
    "",
    `    private ${name}(Object[] values) {`,
    "        this.values = values;",
    "    }",
    "",
    ...components.flatMap((each, i) => [
      `    public ${each.type} ${each.name}() {`,
      `        return (${each.type}) values[${i}];`,
      "    }",
      "",
    ]),
    "    @Override",
    "    public boolean equals(Object other) {",
    `        return other instanceof ${name} own && java.util.Arrays.equals(values, own.values);`,
    "    }",
    "",
    "    @Override",
    "    public int hashCode() {",
    "        return java.util.Arrays.hashCode(values);",
    "    }",
    "",
    "    @Override",
    "    public String toString() {",
    `        return "${name}" + java.util.Arrays.toString(values);`,
    "    }",
    "",
    "    /** Takes the values one by one; those that it isn't given are null. */",
    "    public static final class Builder {",
    `        private final Object[] values = new Object[${components.length}];`,
    "",
    ...components.flatMap((each, i) => [
      `        public Builder ${each.name}(${each.type} value) {`,
      `            values[${i}] = value;`,
      "            return this;",
      "        }",
      "",
    ]),
    `        public ${name} build() {`,
    `            return new ${name}(values.clone());`,
    "        }",
    "    }",
    "}",
  ];
}

/** An expression that makes a record of these values. */
function madeText(type: string, components: readonly string[], values: readonly string[]): string {
  if (values.length <= MOST_COMPONENTS) return `new ${type}(${values.join(", ")})`;
  return `new ${type}.Builder()${values.map((value, i) => `.${components[i]}(${value})`).join("")}.build()`;
}

function componentsOf({ fields }: BindingPart): readonly Component[] {
  const names = fieldNames(fields.map(({ name }) => name));
  return fields.map((field, i) => ({ name: names[i]!, type: javaType(field), doc: fieldDoc(field) }));
}

function encodeLines(part: BindingPart, type: string, history: string): readonly string[] {
  const own = componentsOf(part);
  const puts = (row: string, indent: string) =>
    own.map(({ name }) => `${indent}encoder.put(${row}.${name}());`);
  if (part.kind === "record")
    return [
      `        if (encoder.record(request.${part.name}(), ${own.length})) {`,
      ...puts(`request.${part.name}()`, "            "),
      "        }",
    ];
  const rows =
    part.kind === "candidates"
      ? "candidates"
      : `request.history() == null ? null : request.history().${history}()`;
  const name = part.kind === "candidates" ? "candidates" : `rowsOf${type}`;
  return [
    ...(part.kind === "candidates" ? [] : [`        List<${type}> ${name} = ${rows};`]),
    `        encoder.rows(${name}, ${own.length});`,
    ...(own.length === 0
      ? []
      : [
          `        if (${name} != null) {`,
          `            for (${type} row : ${name}) {`,
          "                if (row == null) {",
          `                    encoder.noRow(${own.length});`,
          "                    continue;",
          "                }",
          ...puts("row", "                "),
          "            }",
          "        }",
        ]),
  ];
}

function methodsText(facts: BindingFacts): string {
  const isOne = isOneNumber(facts.library);
  return ["rank", "logits"]
    .map((name, i) => {
      const doc = i === 0 ? "Scores candidates." : "The same before the sigmoid or the softmax.";
      const call = `scores(request, candidates, ${i === 1})`;
      const body = isOne
        ? `        return ${call};\n`
        : `        float[] all = ${call};
        int n = candidates == null ? 0 : candidates.size();
        return new Scores(
${answerParts(facts.library)
  .map(({ from, to }) => `                java.util.Arrays.copyOfRange(all, ${from}, ${to})`)
  .join(",\n")});\n`;
      return `    /**
     * ${doc}
     *
     * @throws RankerInputException if a value can't be scored
     */
    public ${isOne ? "float[]" : "Scores"} ${name}(Request request, List<Candidate> candidates) {
${body}    }
`;
    })
    .join("\n");
}

/** `example/JsonRequest.java`: JSON to the records of the spec. */
function readerText(facts: BindingFacts, own: string): string {
  const { parts, candidates, library } = facts;
  const types = typeNames(facts);
  const made = (part: BindingPart, json: string) =>
    madeText(
      types.get(part)!,
      fieldNames(part.fields.map(({ name }) => name)),
      part.fields.map(
        ({ name, type, isSet, isWeighted }) =>
          `Json.${isWeighted ? "weightedIds" : isSet ? "ids" : type}(${json}, ${JSON.stringify(name)})`,
      ),
    );
  const histories = parts.filter(({ kind }) => kind === "history");
  const records = parts.filter(({ kind }) => kind === "record");
  const given = [
    ...records.map((part) => made(part, `Json.get(json, "${part.name}")`)),
    ...(histories.length === 0
      ? []
      : [
          `new History(\n                        ${histories
            .map(
              (part) =>
                `rows(Json.get(Json.get(json, "history"), "${part.name}"), "history.${part.name}", row -> ${made(part, "row")})`,
            )
            .join(",\n                        ")})`,
        ]),
  ];
  const labels = answerParts(library).map(({ name }) => name);
  const names = fieldNames(labels);
  const flat = isOneNumber(library)
    ? "        return scores;"
    : `        float[][] all = {${names.map((name) => `scores.${name}()`).join(", ")}};
        int length = 0;
        for (float[] each : all) length += each.length;
        java.nio.FloatBuffer numbers = java.nio.FloatBuffer.allocate(length);
        for (float[] each : all) numbers.put(each);
        return numbers.array();`;
  return `import ${own}.*;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads a request of JSON. */
final class JsonRequest {
    static final String[] LABELS = {${labels.map((label) => JSON.stringify(label)).join(", ")}};

    private JsonRequest() {}

    static Request request(Object json) {
        return new Request(${given.length === 0 ? "" : `\n                ${given.join(",\n                ")}`});
    }

    static List<Candidate> candidates(Object json) {
        return rows(Json.get(json, "candidates"), "candidates", row -> ${made(candidates, "row")});
    }

    /** The numbers of all labels and outputs, one after the other. */
    static float[] flat(${isOneNumber(library) ? "float[]" : "Scores"} scores) {
${flat}
    }

    private static <T> List<T> rows(Object value, String name, Function<Object, T> read) {
        List<?> rows = Json.list(value, name);
        return rows == null ? null : rows.stream().map(read).collect(Collectors.toList());
    }
}
`;
}
