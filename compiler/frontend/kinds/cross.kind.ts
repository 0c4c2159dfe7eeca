// `cross(user_id, cate_id, hash: n)`: a feature made from others. It has no column: its ids are hashes of
// their ids.

import { crossOfOne, crossPartTwice, crossWithoutSize } from "../../diagnostics/catalog/features.ts";
import { isBroken, readWhole, spanOfArgument, withoutElement } from "../syntax/constants.ts";
import type { Identifier } from "../syntax/nodes.ts";
import { at } from "../syntax/reporter.ts";
import type { CrossKind } from "./define-kind.ts";
import { call } from "./made.ts";
import { badOption, MOST_IDS, option, rejectOptions } from "./options.ts";

export const cross: CrossKind = {
  gives: "cross",
  keyword: "cross",
  options: ["hash"],
  form: "cross(user_id, cate_id, hash: 100_000)",
  doc: "An id for each pair (triple, …) of the ids of other features, hashed into `hash`. It has no column in the data. It is unknown if one of its parts is.",
  read: (reference, reporter) => {
    const given = reference.arguments.filter((argument) => argument.name === null);
    const named = reference.arguments.filter((argument) => argument.name !== null);
    let fine = rejectOptions({ ...reference, arguments: named }, ["hash"], reporter);
    const parts: Identifier[] = [];
    for (const argument of given) {
      const { value } = argument;
      if (isBroken(value)) return null;
      if (value.kind !== "name") return badOption(argument, "cross", "the name of a feature", reporter);
      const first = parts.find((part) => part.name === value.name);
      if (first !== undefined) {
        reporter.report(crossPartTwice, { name: value.name }, value.span, {
          related: [at(first.span, "already named here")],
          fixes: withoutElement(spanOfArgument(argument)),
        });
        fine = false;
      }
      parts.push({ name: value.name, span: value.span });
    }
    const size = option(reference, "hash");
    const example = `cross(${parts.map(({ name }) => name).join(", ") || "a, b"}, hash: 100_000)`;
    if (size === undefined) {
      if (fine) reporter.report(crossWithoutSize, { example }, reference.span);
      return null;
    }
    const value = readWhole(size.value, 1, MOST_IDS);
    if (value === null)
      return badOption(size, "cross", `a whole number from 1 to ${MOST_IDS}, the number of ids`, reporter);
    if (!fine) return null;
    if (parts.length > 1) return { kind: "cross", parts, size: value };
    reporter.report(crossOfOne, { given: parts.length }, reference.span);
    return null;
  },
  parts: ({ parts }) => parts,
  size: ({ size }) => size,
  idOf: (serve, { size }, parts) => serve.crossId(size, ...parts),
  code: ({ size }, parts) => call("crossId", size, ...parts),
};
