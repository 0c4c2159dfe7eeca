// The settings of `data.impressions`: histories that are made from logs, and tables that are joined as of the
// time of each row.

import { DURATION, readDuration } from "./impressions.ts";
import {
  group,
  kindOfDuration,
  type NamedGroups,
  type NamedMap,
  positives,
  rows,
  setting,
  text,
  timeZone,
} from "./setting-kinds.ts";

const duration = () => kindOfDuration(DURATION, readDuration);

const ofAllHistories = "what `impressions` says";

const where: NamedMap<readonly string[]> = {
  what: "named",
  of: "column",
  kind: positives(),
  doc: 'Which events of the log are steps, by column: `event: click`, `event: [cart, wish]` or `rating: ">= 4"`. Of several columns all must fit. Without it, all events are.',
};

const durations = {
  delay: setting(duration(), {
    doc: "An event is seen from this long after it on: so long it takes until the server knows of it. `10 min`, or a number where times are numbers.",
    otherwise: "events are seen at once; one of the very time of the row is never seen",
  }),
  window: setting(duration(), {
    doc: "How old an event may be: `30 d`.",
    otherwise: "any age",
  }),
  gap: setting(duration(), {
    doc: "An event of the same user and item less than this after the last one that counts is a repetition, and no step: `1 min` for double clicks.",
    otherwise: "every event is a step",
  }),
};

/** The columns of a log; `otherwise` gives the default of a column that isn't named. */
function columnsOfEvents(otherwise: (name: string) => string) {
  const column = (name: string, doc: string) => setting(text("column"), { doc, otherwise: otherwise(name) });
  return {
    user: column("user", "Who did it."),
    item: column("item", "With what, for `gap`."),
    time: column("time", "When."),
    time_zone: setting(timeZone(), {
      doc: "Whose clocks wrote times without a UTC offset.",
      otherwise: otherwise("time_zone"),
    }),
  };
}

const history = group(
  {
    log: setting(rows(), {
      doc: "The files of events.",
      otherwise: "`impressions.log.path`, or the files of `train`, `valid` and `test`",
    }),
    ...columnsOfEvents(() => "what `impressions.log` says"),
    where,
    delay: setting(duration(), { doc: "As `impressions.delay`.", otherwise: ofAllHistories }),
    window: setting(duration(), { doc: "As `impressions.window`.", otherwise: ofAllHistories }),
    gap: setting(duration(), { doc: "As `impressions.gap`.", otherwise: ofAllHistories }),
  },
  {
    doc: "One history of the spec: which events are its steps. What is not said here is as in `impressions`.",
  },
);

const histories: NamedGroups<typeof history.settings> = {
  what: "groups",
  of: "history",
  group: history,
  doc: "By history of the spec, which events are its steps. Other histories are read from columns of the rows. Without it, all events of the log are steps of every history.",
};

const table = group(
  {
    path: setting(rows(), { doc: "The files of the table.", required: true }),
    key: setting(text("column"), { doc: "Its column of ids.", required: true }),
    column: setting(text("column"), {
      doc: "What rows and logs call that id.",
      otherwise: "as the table does",
    }),
    as_of: setting(text("column"), {
      doc: "The time from which on a row of the table holds. A row of the data gets the newest that is not later than itself, and an event of a log the newest that is not later than the event.",
      otherwise: "each key has one row, for all times",
    }),
    time_zone: setting(timeZone(), {
      doc: "Whose clocks wrote times of `as_of` without a UTC offset.",
      otherwise: "what `impressions` says",
    }),
  },
  { doc: "One table: features that rows and events do not have themselves are read from its columns." },
);

const tables: NamedGroups<typeof table.settings> = {
  what: "groups",
  of: null,
  group: table,
  doc: "Tables by any names, such as `items` and `users`.",
};

export const impressions = group(
  {
    user: setting(text("column"), { doc: "The column of who it was shown to.", required: true }),
    item: setting(text("column"), { doc: "The column of what was shown. Only `gap` needs it." }),
    time: setting(text("column"), {
      doc: "The column of when it was shown: timestamps, or numbers.",
      otherwise: "`data.time`",
    }),
    time_zone: setting(timeZone(), {
      doc: "Whose clocks wrote times without a UTC offset, here and in logs and tables that do not say otherwise.",
      otherwise: "`data.time_zone`, or `UTC`",
    }),
    log: group(
      {
        path: setting(rows(), {
          doc: "The files of events.",
          otherwise: "the files of `train`, `valid` and `test`: what was shown before",
        }),
        ...columnsOfEvents((name) => `\`impressions.${name}\``),
      },
      { doc: "The log that histories are made of, and its columns, where a history does not say otherwise." },
    ),
    ...durations,
    histories,
    tables,
  },
  {
    doc: "Rows are impressions: their histories are what the user did strictly before each, made of a log of events, or of the rows themselves.",
    form: "rows",
  },
);
