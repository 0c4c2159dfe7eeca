// PyTorch lowerings of lookups: rows of tables by ids, rows of a batch in another order. In a package the
// tables are TorchRec's, which look up and pool before the network begins.

import type { TorchLowerings } from "../lowering.ts";
import { call, method, quoted, textOf } from "../python.ts";

export const lookups = {
  id_number: (emit, [ids], { attributes: { divisor, modulus, unknown } }) =>
    call(
      emit.function("ops", "id_number"),
      ids!,
      String(divisor),
      modulus === null ? "None" : String(modulus),
      String(unknown),
    ),
  lookup: (_emit, [table, ids]) => method(table!, "index_select", "0", textOf(ids!.piece)),
  lookup_gradient: "of gradients",
  pooled_lookup: (emit, [table, ids, rowOf, weights], { attributes: { pool } }) =>
    call(
      emit.function("ops", "pooled"),
      method(table!, "index_select", "0", textOf(ids!.piece)),
      rowOf!,
      quoted(pool),
      ...(weights === undefined ? [] : [weights]),
    ),
  listed_lookup: (emit, [table, ids, rowOf], { output: out }) =>
    call(
      emit.function("ops", "listed"),
      method(table!, "index_select", "0", textOf(ids!.piece)),
      rowOf!,
      String(out.dims[0]!),
    ),
  listed_rows_gradient: "of gradients",
} satisfies Partial<TorchLowerings>;
