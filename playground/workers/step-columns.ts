// Columns of rows for values that only steps have, under the history's name: the row itself may have a column of the same name,
// such as its rating.

import { type History, type HistoryField, rawFields } from "../../compiler/frontend/model/model.ts";
import type { Model } from "../../compiler/train/index.ts";

export function columnOfSteps(
  { name: history }: Pick<History, "name">,
  { name }: Pick<HistoryField, "name">,
): string {
  return `${history}.${name}`;
}

/** The model of rows with such columns. */
export function withColumnsOfSteps(model: Model): Model {
  const histories = [...model.histories].map(([name, history]): [string, History] => {
    const own = rawFields(history).filter(({ feature }) => feature.scope === "history");
    const fields = history.fields.map((field) => {
      // Fields that are computed from one read its column.
      const read = own.find(({ name }) => name === (field.source ?? field.name));
      return read === undefined ? field : { ...field, column: columnOfSteps(history, read) };
    });
    return [name, { ...history, fields }];
  });
  return { ...model, histories: new Map(histories) };
}
