// Catalogue: histories that are filled up to one length. Codes DIN0516–DIN0519, DIN0568 and DIN0660.

import { defineError, defineWarning, withHelps } from "./define.ts";

const PADDING =
  "Files of other libraries fill histories up to one length, mostly with 0. `data.padding` of dinc.yaml names the value, and such steps are left out.";

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
      ? `\`${name}\` is a set and not a history, and \`data.padding\` names it`
      : `the spec has no history \`${name}\`, which \`data.padding\` names`,
  help: ({ name, near, histories, isSet }) =>
    isSet
      ? `take \`${name}\` away there, and the value that fills it up out of the data: a set takes it as one more value`
      : near !== null
        ? `did you mean \`${near}\`?`
        : histories.length === 0
          ? "take `data.padding` away"
          : `the histories of the spec are ${histories.map((each) => `\`${each}\``).join(", ")}`,
  explanation: `${PADDING} \`padding: 0\` is for all histories of the spec, \`padding: { clicks: 0 }\` for one. A set takes each value of its cell once, so that a filler counts as one of its values.`,
});

export const paddingBetween = defineWarning<{ history: string; values: string }>({
  code: "DIN0517",
  name: "padding-between-steps",
  message: ({ history, values }) =>
    `\`${history}\` has padding (${values}) between its steps here, and it counts as a step`,
  help: () =>
    "if the value stands for an item that is not known, give it another one in the data; if it is padding, take it out there",
  explanation: `${PADDING} That is so at the ends of a history alone: a step that is taken out between others would move those before it.`,
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
    return `${names} ${features.length === 1 ? "is" : "are"} ${values} here, which \`data.padding\` takes out of \`${history}\``;
  },
  help: () =>
    "number items from 1 on, or fill histories up with a value that no item has, such as -1, and name it in `data.padding`",
  explanation: `${PADDING} Where an item has that value as its id, nobody can tell its steps from padding: at the ends of histories they are left out, too.`,
});

export const paddingAbsent = withHelps(
  defineWarning<{ history: string; values: string }>({
    code: "DIN0519",
    name: "padding-absent",
    message: ({ history, values }) =>
      `\`data.padding\` is ${values} for \`${history}\`, but none of these rows has such padding`,
    help: () => "take the setting away, or name the value that the file has",
    explanation: `${PADDING} A step is left out where all columns of the history have such a value.`,
  }),
  {
    bothValues: (column: string, value: string, both: string) =>
      `a step is padding where all its columns are, and \`${column}\` has ${value} there: if that is padding, too, name both: \`padding: ${both}\``,
  },
);

export const looksPadded = defineWarning<{
  history: string;
  /** As it would be written in dinc.yaml. */
  value: string;
  example: string;
  /** Whether it is at the end that has the latest steps. */
  isLatest: boolean;
}>({
  code: "DIN0568",
  name: "history-looks-padded",
  message: ({ history, value, example, isLatest }) =>
    `\`${history}\` looks filled up to one length with ${value}, as in \`${example}\`: each ${value} counts as a step${isLatest ? ", and one is the latest" : ""}`,
  help: ({ history, value }) =>
    `write \`padding: { ${history}: ${value} }\` under \`data\` of dinc.yaml, or \`padding: { ${history}: [] }\` if it is no padding`,
  explanation: `${PADDING} Without the setting the value becomes an item of its own, mostly the most frequent one. The warning comes where nearly all lists have one length and a value stands at one end of some of them (2 % or more) and nowhere else. Of a large file this is said of some 2,000 training rows, which are drawn from the whole file, so that its order makes no difference.`,
});

export const paddingOfEvents = defineWarning<{ history: string }>({
  code: "DIN0660",
  name: "padding-of-events",
  message: ({ history }) =>
    `\`data.padding\` has no effect on \`${history}\`: its steps are events of \`data.impressions\``,
  help: ({ history }) =>
    `take \`${history}\` out of \`data.padding\`; events that stand for nothing go out of the log of events`,
  explanation: `${PADDING} A history that is made of events has only steps that happened. All of them are kept.`,
});
