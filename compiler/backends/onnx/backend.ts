import type { Backend } from "../contract/backend.ts";

export const onnx = {
  doc: "One ONNX file of opset 18, for any runtime that reads the format.",
  engines: [],
  target: {
    name: "onnx",
    doc: "model.onnx with a module that makes its inputs",
    takes: ["graph"],
    hasDependencies: true,
  },
} as const satisfies Backend;
