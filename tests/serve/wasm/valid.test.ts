// The WebAssembly of every model of the zoo and every correct spec is valid, in both forms: V8 says so, and WABT, which also
// disassembles it. The relaxed form differs from the other in its multiply-adds and in nothing else.

import { beforeAll, describe, expect, test } from "vitest";
import wabt from "wabt";
import { emitModule } from "../../../compiler/backends/typescript/module.ts";
import { wasmText } from "../../../compiler/backends/wasm/text.ts";
import { rankingProgram } from "../../../compiler/middle/programs/ranking.ts";
import { relaxedForm, startWasm } from "../../../compiler/serve/wasm.ts";
import { sweep } from "../../support/how-often.ts";
import { specFiles } from "../../support/spec-files.ts";
import { isValid } from "../../support/webassembly.ts";
import { trainedOf } from "../compiled.ts";

let disassemble: (bytes: Uint8Array, relaxed: boolean) => string;
beforeAll(async () => {
  const { readWasm } = await wabt();
  disassemble = (bytes, relaxed) => {
    const module = readWasm(bytes, { simd: true, relaxed_simd: relaxed });
    try {
      module.validate();
      return module.toText({});
    } finally {
      module.destroy();
    }
  };
});

const origin = { version: "test", run: null };

const count = (text: string, instruction: string) => text.split(`${instruction}\n`).length - 1;

/** Without comments, and numbers as numbers: WABT has them in binary. */
function instructionsIn(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const words = line
      .replace(/\(;.*?;\)|;;.*/g, "")
      .trim()
      .split(/\s+/);
    const [name = "", ...operands] = words;
    if (
      !/^([a-z]\w*\.\w+|block|loop|if|else|end|br|br_if|call|drop|select|return|nop)$/.test(
        name.replace(/\)+$/, ""),
      )
    )
      return [];
    const last = operands.map((word) => word.replace(/\)+$/, ""));
    if (name === "f32.const") return [`${name} ${floatOf(last[0]!)}`];
    if (["block", "loop", "if"].includes(name))
      return [operands.length === 2 ? `${name} (result ${last[1]}` : name];
    return [[name.replace(/\)+$/, ""), ...last].join(" ")];
  });
}

/** `0x1.8p+1`, as WABT has it, or a decimal number. */
function floatOf(text: string): number {
  const [, sign, whole, part = "", power] =
    /^(-?)0x([0-9a-f]+)(?:\.([0-9a-f]*))?p([+-]\d+)$/.exec(text) ?? [];
  if (whole === undefined) return Number(text.replace("inf", "Infinity"));
  const value = Number.parseInt(whole + part, 16) * 2 ** (Number(power) - 4 * part.length);
  return Math.fround(sign === "-" ? -value : value);
}

const subjects = [
  ...specFiles("examples/zoo", "tests/good").map(([path, spec]) => [path, "exact", spec] as const),
  ...specFiles("tests/bench/rank").map(([path, spec]) => [path, "fast", spec] as const),
];

describe.each(sweep(subjects))("%s, %s", (_, mode, spec) => {
  test("is valid in both forms, which differ in multiply-adds alone", () => {
    const { model, predict } = trainedOf(spec);
    const module = emitModule(model, rankingProgram(model, predict), [], () => "f32", origin, { mode });
    const { simd, fused: places } = module.wasm!;
    const relaxed = relaxedForm(simd, places);
    expect([isValid(simd), isValid(relaxed)]).toEqual([true, true]);
    const plain = disassemble(simd, false);
    const fused = disassemble(relaxed, true);
    for (const name of ["memory", "request", "candidates"]) expect(plain).toContain(`(export "${name}" `);
    const fusions = count(fused, "f32x4.relaxed_madd");
    expect(count(plain, "f32x4.mul") - count(fused, "f32x4.mul")).toBe(fusions);
    expect(count(plain, "f32x4.add") - count(fused, "f32x4.add")).toBe(fusions);
    if (fusions > 0) expect(() => disassemble(relaxed, false)).toThrow("unexpected opcode: 0xfd 0x85 0x2");
    const others = (text: string) =>
      text.split("\n").filter((line) => !/^ *(f32x4\.(mul|add|relaxed_madd)|nop)\)*$/.test(line));
    expect(others(fused)).toEqual(others(plain));
    expect(instructionsIn(wasmText(simd))).toEqual(instructionsIn(plain));
  });
});

test("what is not valid is not taken for it", () => {
  const { model, predict } = trainedOf(specFiles("tests/good")[0]![1]);
  const { simd } = emitModule(model, rankingProgram(model, predict), [], () => "f32", origin).wasm!;
  const cut = simd.slice(0, -1);
  expect(isValid(cut)).toBe(false);
  expect(() => disassemble(cut, false)).toThrow();
});

test("the form that is not asked for is not made", async () => {
  const { model, predict } = trainedOf(specFiles("tests/good")[0]![1]);
  const { simd } = emitModule(model, rankingProgram(model, predict), [], () => "f32", origin).wasm!;
  // It cannot be: its multiply-adds would stand far after the code.
  const start = (wanted: "auto" | "simd") =>
    startWasm(
      { ...{ program: "", from: 0, to: 0, code: Buffer.from(simd).toString("hex"), fused: "ffffff7f" } },
      wanted,
    );
  expect((await start("simd"))!.backend).toBe("simd");
  await expect(start("auto")).rejects.toThrow(RangeError);
});
