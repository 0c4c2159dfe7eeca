// Every name that a spec gives to something, whatever it is: who reads one of them means that, and has not misspelt another.

import type { Item, Spec, Statement } from "./nodes.ts";

export function declaredNames({ name, items, params, variants }: Spec): ReadonlySet<string> {
  const names = new Set<string>(name === null ? [] : [name.name]);
  const add = (all: readonly Item[]) => {
    for (const item of all) for (const each of namesOf(item)) names.add(each);
  };
  for (const param of params) names.add(param.name.name);
  add(items);
  for (const variant of variants) {
    names.add(variant.name.name);
    for (const param of variant.params) names.add(param.name.name);
    add(variant.items);
  }
  return names;
}

function namesOf(item: Item): string[] {
  switch (item.kind) {
    case "features":
      return item.features.map(({ name }) => name.name);
    case "history":
      return [
        item.name.name,
        ...item.fields.map((field) => (field.kind === "binding" ? field.column.name : field.name.name)),
      ];
    case "label":
      return [item.name.name];
    case "block":
      return [item.name.name, ...item.parameters.map(({ name }) => name.name), ...ofStatements(item.body)];
    case "net":
      return ofStatements(item.statements);
    case "train":
      return [];
  }
}

function ofStatements(statements: readonly Statement[]): string[] {
  return statements.flatMap((each) => (each.kind === "predict" ? [] : [each.name.name]));
}
