// The tensors of a library's weights file, and the code that finds the rows of its tables in them.

import { InternalError } from "../../common/internal-error.ts";
import type { TableStorage } from "../serving/plan.ts";
import { asciiJson } from "../serving/weights-file.ts";
import { cString } from "./names.ts";
import type { SessionProgram } from "./session-program.ts";

/** The tensors with the weights at their addresses, for scores and for explanations. */
export const IMAGE = "image";
export const EXPLAINING_IMAGE = "explaining";
/** The tensor with vocabularies, and with the fitted values of transforms. */
export const FITTED = "fitted";

interface Programs {
  readonly scoring: SessionProgram;
  readonly explaining: SessionProgram | null;
}
type StorageOf = (table: string) => TableStorage;

/** The tensors of the weights file that the program reads, in the order of `dinc_tensors`. */
export function tensorLines({ scoring, explaining }: Programs, storageOf: StorageOf): string[] {
  const line = (name: string, type: string, width: number, length: number) =>
    `  {${cString(asciiJson(name).slice(1, -1))}, "${type}", ${width}, ${length}, 0},`;
  return [
    line(IMAGE, "f32", 4, scoring.image().length),
    ...(explaining === null ? [] : [line(EXPLAINING_IMAGE, "f32", 4, explaining.image().length)]),
    ...scoring.code.plan.tables.flatMap(({ name }) => {
      const table = `table.${name}`;
      switch (storageOf(name)) {
        case "f32":
          return [line(table, "f32", 4, 0)];
        case "f16":
          return [line(table, "f16", 2, 0)];
        case "i8":
          return [line(table, "i8", 1, 0), line(`scale.${name}`, "f32", 4, 0)];
        case "source":
          return [];
        default:
          throw new InternalError("a storage of no kind");
      }
    }),
    line(FITTED, "i8", 1, 0),
  ];
}

/** Opens the tables: those in the weights, and those of stores. */
export function tableLines({ scoring, explaining }: Programs, storageOf: StorageOf): string[] {
  let tensor = explaining === null ? 1 : 2;
  let store = 0;
  const { tables } = scoring.code.plan;
  const lines = tables.flatMap(({ name, width }, i) => {
    const storage = storageOf(name);
    if (storage === "source") {
      const given = `stores[${store++}]`;
      return [
        `  if (stores == 0 || ${given}.rows == 0) return DINC_CODE_NO_STORE;`,
        `  model->tables[${i}].store = ${given}.rows;`,
        `  model->tables[${i}].context = ${given}.context;`,
        `  model->tables[${i}].field = ${cString(`tables.${name}`)};`,
        `  model->tables[${i}].count = (uint64_t)INT32_MAX + 1;`,
      ];
    }
    const own = `model->tensors[${tensor}]`;
    const hasScales = storage === "i8";
    const scales = hasScales ? `model->tensors[${tensor + 1}]` : null;
    tensor += hasScales ? 2 : 1;
    return [
      `  if (${own}.length % ${width} != 0 || ${own}.length / ${width} < 2 || ${own}.length / ${width} > INT32_MAX) return DINC_CODE_OTHER_MODEL;`,
      `  model->tables[${i}].rows = ${own}.bytes;`,
      `  model->tables[${i}].count = ${own}.length / ${width};`,
      ...(scales === null
        ? []
        : [
            `  if (${scales}.length != model->tables[${i}].count) return DINC_CODE_OTHER_MODEL;`,
            `  model->tables[${i}].scales = ${scales}.bytes;`,
          ]),
    ];
  });
  return [
    "  const dinc_tensor *fitted = &model->tensors[DINC_TENSORS - 1];",
    "  (void)stores;",
    "  if (!dinc_open_fitted(&dinc_input_table, fitted->bytes, (size_t)fitted->length, &model->fitted)) return DINC_CODE_OTHER_MODEL;",
    ...lines,
  ];
}
