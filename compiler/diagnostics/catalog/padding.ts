// Catalogue: padded histories. Codes DIN0516–DIN0519, DIN0568 and DIN0660.

import { defineError, defineWarning, withHelps } from "./define.ts";

const PADDING =
  "Files of other libraries pad histories to one length, mostly with 0. `data.padding` of dinc.yaml names the value, and dinc leaves such steps out.";

export const paddingOfNoHistory = defineError<{
  name: string;
  near: string | null;
  histories: readonly string[];
  /** Whether a feature with that name has a set of values. */
  isSet: boolean;
}>({
  code: "DIN0516",
  name: "padding-of-no-history",
  message: ({ name, isSet }) =>
    isSet
      ? `\`${name}\` is a set, not a history, but \`data.padding\` names it`
      : `the spec has no history \`${name}\`, which \`data.padding\` names`,
  help: ({ name, near, histories, isSet }) =>
    isSet
      ? `remove \`${name}\` from the setting, and remove the filler from the data: in a set it counts as one more value`
      : near !== null
        ? `did you mean \`${near}\`?`
        : histories.length === 0
          ? "remove `data.padding`"
          : `the histories of the spec are ${histories.map((each) => `\`${each}\``).join(", ")}`,
  explanation: `${PADDING} \`padding: 0\` is for all histories of the spec, \`padding: { clicks: 0 }\` for one. A set contains each value of its cell once, so a filler counts as one of its values.`,
});

export const paddingBetween = defineWarning<{ history: string; values: string }>({
  code: "DIN0517",
  name: "padding-between-steps",
  message: ({ history, values }) =>
    `\`${history}\` has padding (${values}) between its steps here, and it counts as a step`,
  help: () =>
    "if the value means an unknown item, write another value in the data; if it is padding, remove it there",
  explanation: `${PADDING} This happens only at the ends of a history: removing a step between others would move those before it.`,
});

export const paddingIsAnItem = defineWarning<{
  history: string;
  values: string;
  features: readonly string[];
}>({
  code: "DIN0518",
  name: "padding-is-an-item",
  message: ({ history, values, features }) => {
    const names = features.map((each) => `\`${each}\``).join(" and ");
    return `${names} ${features.length === 1 ? "is" : "are"} ${values} here, which \`data.padding\` removes from \`${history}\``;
  },
  help: () =>
    "number items from 1 on, or pad histories with a value that no item has, such as -1, and name it in `data.padding`",
  explanation: `${PADDING} If an item has that value as its id, its steps look like padding, so they are left out at the ends of histories too.`,
});

export const paddingAbsent = withHelps(
  defineWarning<{ history: string; values: string }>({
    code: "DIN0519",
    name: "padding-absent",
    message: ({ history, values }) =>
      `\`data.padding\` is ${values} for \`${history}\`, but none of these rows has such padding`,
    help: () => "remove the setting, or name the value that the file has",
    explanation: `${PADDING} A step is left out if all columns of the history have such a value.`,
  }),
  {
    bothValues: (column: string, value: string, both: string) =>
      `a step is padding only if all its columns are, and \`${column}\` has ${value} there: if that is padding too, name both: \`padding: ${both}\``,
  },
);

export const looksPadded = defineWarning<{
  history: string;
  /** As written in dinc.yaml. */
  value: string;
  example: string;
  /** Whether it is at the end with the latest steps. */
  isLatest: boolean;
}>({
  code: "DIN0568",
  name: "history-looks-padded",
  message: ({ history, value, example, isLatest }) =>
    `\`${history}\` looks padded to one length with ${value}, as in \`${example}\`: each ${value} counts as a step${isLatest ? ", and one is the latest" : ""}`,
  help: ({ history, value }) =>
    `write \`padding: { ${history}: ${value} }\` under \`data\` of dinc.yaml, or \`padding: { ${history}: [] }\` if it is not padding`,
  explanation: `${PADDING} Without the setting the value becomes an item of its own, usually the most frequent one. The warning appears if nearly all lists have one length, and some of them (2 % or more) have a value repeated at one end and nowhere else. For a large file, some 2,000 training rows are examined. They are drawn from the whole file, so its order makes no difference.`,
});

export const paddingOfEvents = defineWarning<{ history: string }>({
  code: "DIN0660",
  name: "padding-of-events",
  message: ({ history }) =>
    `\`data.padding\` has no effect on \`${history}\`: its steps are events of \`data.impressions\``,
  help: ({ history }) =>
    `take \`${history}\` out of \`data.padding\`; remove meaningless events from the log`,
  explanation: `${PADDING} A history made from events has only steps that happened, and keeps all of them.`,
});
