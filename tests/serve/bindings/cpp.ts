// Runs the binding for C++: requests are written as the initializers of its types.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type {
  BindingFacts,
  BindingField,
  BindingPart,
} from "../../../compiler/backends/c-library/bindings/binding.ts";
import { cDouble, cString } from "../../../compiler/backends/c-library/names.ts";
import type { CModule } from "../../support/c-module.ts";
import { type BindingRunner, type Outcome, outcomesOf } from "./runner.ts";

const flags = ["-std=c++17", "-O0", "-Wall", "-Wextra", "-Werror", "-pthread"];

export const cpp: BindingRunner = {
  needs: ["gcc", "g++"],

  async rank(module, facts, requests) {
    const texts = requests.map((request) => requestText(facts, request));
    const calls = texts.filter((text) => text !== null);
    const found = outcomesOf(
      runWith(
        module,
        facts,
        `${calls.map((text, i) => `static void call${i}(Session &session) {\n${text}  print(session, request, candidates);\n}`).join("\n")}
int main() {
  Session session(Model::load("${module.prefix}.weights.bin"));
  void (*const calls[])(Session &) = {${calls.map((_, i) => `call${i}`).join(", ")}};
  for (auto *call : calls) call(session);
}
`,
      ),
    );
    let next = 0;
    return texts.map((text): Outcome => (text === null ? null : found[next++]!));
  },

  async threads(module, facts, request) {
    const text = requestText(facts, request)!;
    const out = runWith(
      module,
      facts,
      `int main() {
${text}
  auto model = Model::load("${module.prefix}.weights.bin");
  Session first(model);
  first.user(request);
  const auto expected = first.rank(candidates);
  bool same[4] = {true, true, true, true};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; t++)
    threads.emplace_back([&, t] {
      Session session(model);
      for (int i = 0; i < 50; i++) {
        session.user(request);
        if (session.rank(candidates) != expected) same[t] = false;
      }
    });
  for (auto &thread : threads) thread.join();
  std::printf("%d", same[0] && same[1] && same[2] && same[3] ? 1 : 0);
}
`,
    );
    return out === "1";
  },
};

function runWith(module: CModule, { library }: BindingFacts, main: string): string {
  const { prefix } = module;
  const outputs =
    library.requestOutputs.length > 0 ? "for (float x : session.outputs()) line += bitsOf(x);" : "";
  const source = `#include "${prefix}.hpp"
#include <cstdio>
#include <cstring>
#include <thread>
using namespace dinc::${prefix};
[[maybe_unused]] static std::string bitsOf(float x) {
  char bits[16];
  unsigned word;
  std::memcpy(&word, &x, 4);
  std::snprintf(bits, sizeof bits, "%08x,", word);
  return bits;
}
[[maybe_unused]] static void print(Session &session, const Request &request, const std::vector<Candidate> &candidates) {
  try {
    session.user(request);
    std::string line = "= ";
    for (float score : session.rank(candidates)) line += bitsOf(score);
    ${outputs}
    std::printf("%s\\n", line.c_str());
  } catch (const InputError &error) {
    std::string text;
    for (const char *at = error.what(); *at != 0; at++) {
      if (*at == '"' || *at == '\\\\') text += '\\\\';
      text += *at;
    }
    std::printf("! \\"%s\\"\\n", text.c_str());
  }
}
${main}`;
  return run(module, source);
}

/** Compiles and runs a program. */
export function run({ prefix, folder: cwd }: CModule, source: string): string {
  writeFileSync(join(cwd, "driver.cpp"), source);
  execFileSync("gcc", ["-std=c99", "-O0", "-ffp-contract=off", "-c", `${prefix}.c`, "-o", "model.o"], {
    cwd,
  });
  execFileSync("g++", [...flags, "driver.cpp", "model.o", "-o", "driver-cpp", "-lm"], { cwd });
  return execFileSync(join(cwd, "driver-cpp"), { cwd, encoding: "utf8", maxBuffer: 2 ** 28 });
}

/** Declares `request` and `candidates`; null if a value has a type that the binding's types forbid. */
function requestText(facts: BindingFacts, request: unknown): string | null {
  const given = request as Readonly<Record<string, unknown>>;
  const history = (given["history"] ?? {}) as Readonly<Record<string, unknown>>;
  const parts = facts.parts.map((part) =>
    part.kind === "history" ? rowsText(part, history[part.name]) : rowText(part, given[part.name] ?? null),
  );
  const candidates = rowsText(facts.candidates, given["candidates"]);
  if (candidates === null || parts.includes(null)) return null;
  const of = (isHistory: boolean) =>
    parts.filter((_, i) => (facts.parts[i]!.kind === "history") === isHistory);
  const histories =
    of(true).length === 0 ? "" : `${of(false).length > 0 ? ", " : ""}{${of(true).join(", ")}}`;
  return `  const Request request{${of(false).join(", ")}${histories}};\n  const std::vector<Candidate> candidates${candidates};\n`;
}

function rowsText(part: BindingPart, rows: unknown): string | null {
  if (!Array.isArray(rows)) return null;
  const texts = rows.map((row: unknown) => rowText(part, row));
  return texts.includes(null) ? null : `{${texts.join(", ")}}`;
}

function rowText({ fields }: BindingPart, row: unknown): string | null {
  if (typeof row !== "object" || row === null || Array.isArray(row) || ArrayBuffer.isView(row)) return null;
  const texts = fields.map((field) =>
    fieldText(
      field,
      Object.hasOwn(row, field.name) ? (row as Record<string, unknown>)[field.name] : undefined,
    ),
  );
  return texts.includes(null) ? null : `{${texts.join(", ")}}`;
}

function fieldText({ type, isSet, isWeighted }: BindingField, value: unknown): string | null {
  if (value === undefined) return "{}";
  if (isWeighted) {
    if (!Array.isArray(value)) return null;
    const pairs = value.map(pairText);
    return pairs.includes(null) ? null : `std::vector<std::pair<Value, Number>>{${pairs.join(", ")}}`;
  }
  if (isSet) {
    if (!Array.isArray(value)) return null;
    const texts = value.map(valueText);
    return texts.includes(null) ? null : `Set(std::vector<Value>{${texts.join(", ")}})`;
  }
  switch (type) {
    case "id":
    case "time":
      return valueText(value);
    case "number":
      return typeof value === "number" ? doubleText(value) : null;
    case "text":
      return typeof value === "string" ? textText(value) : null;
    case "vector": {
      const numbers = value instanceof Float32Array ? [...value] : value;
      if (!Array.isArray(numbers)) return null;
      const isExact = (x: unknown) => typeof x === "number" && Object.is(Math.fround(x), x);
      return numbers.every(isExact)
        ? `std::vector<float>{${numbers.map((x: number) => `(float)${doubleText(x)}`).join(", ")}}`
        : null;
    }
  }
}

function pairText(pair: unknown): string | null {
  if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[1] !== "number") return null;
  const value = valueText(pair[0]);
  return value === null ? null : `{${value}, ${doubleText(pair[1])}}`;
}

function valueText(value: unknown): string | null {
  if (value === undefined) return "Value()";
  if (value === null) return "Value(nullptr)";
  if (typeof value === "boolean") return `Value(${value})`;
  if (typeof value === "number") return `Value(${doubleText(value)})`;
  if (typeof value === "string") return `Value(${textText(value)})`;
  if (typeof value !== "bigint") return null;
  return BigInt.asIntN(64, value) === value
    ? `Value((long long)${BigInt.asUintN(64, value)}ull)`
    : `Value("${value}")`;
}

function textText(value: string): string {
  return `std::string(${cString(value)}, ${new TextEncoder().encode(value).length})`;
}

function doubleText(x: number): string {
  return cDouble(x).replace("NAN", '__builtin_nan("")').replace("INFINITY", "__builtin_inf()");
}
