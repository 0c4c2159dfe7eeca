// The rows of an embedding table that a run needs.

import { invariant } from "../../common/internal-error.ts";
import type { TableAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { noFlops } from "./support/flops.ts";
import { f32, inputsOf } from "./support/shapes.ts";

export const table: OpDefinition<TableAttributes> = {
  name: "table",
  doc: "The fed rows of the table `name` [width]: in training the batch's distinct ones, which ids count from 0.",
  shape: (inputs, { name, width, beside }) => {
    inputsOf("table", inputs, 0);
    return f32({ kind: "table", table: beside ?? name }, [width]);
  },
  reference: (_, { attributes }) => invariant(false, `table ${attributes.name} is not fed`) as never,
  source: true,
  learned: true,
  flops: noFlops,
  gradient: () => [],
  samples: ({ table: rows }) =>
    rows.kind === "table" ? [{ attributes: { name: rows.table, width: 3 }, inputs: [] }] : [],
};
