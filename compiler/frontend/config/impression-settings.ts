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

const ofAllHistories = "as in `impressions`";

const where: NamedMap<readonly string[]> = {
  what: "named",
  of: "column",
  kind: positives(),
  doc: 'Selects the events of the log that are steps, by column: `event: click`, `event: [cart, wish]` or `rating: ">= 4"`. With several columns, all conditions must hold. Without `where`, all events are steps.',
};

const durations = {
  delay: setting(duration(), {
    doc: "The time until an event is visible, because the server learns of it later: `10 min`, or a number if times are numbers.",
    otherwise: "events are visible at once, except at exactly the time of the row",
  }),
  window: setting(duration(), {
    doc: "The largest age of an event: `30 d`.",
    otherwise: "any age",
  }),
  gap: setting(duration(), {
    doc: "An event of the same user and item that follows the last counted one in less than this time is a repetition and does not count: `1 min` for double clicks.",
    otherwise: "every event is a step",
  }),
};

/** The columns of a log; `otherwise` gives the default of a column that isn't named. */
function columnsOfEvents(otherwise: (name: string) => string) {
  const column = (name: string, doc: string) => setting(text("column"), { doc, otherwise: otherwise(name) });
  return {
    user: column("user", "The column of users."),
    item: column("item", "The column of items, for `gap`."),
    time: column("time", "The column of times."),
    time_zone: setting(timeZone(), {
      doc: "The time zone of times without a UTC offset.",
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
    ...columnsOfEvents(() => "as in `impressions.log`"),
    where,
    delay: setting(duration(), { doc: "Like `impressions.delay`.", otherwise: ofAllHistories }),
    window: setting(duration(), { doc: "Like `impressions.window`.", otherwise: ofAllHistories }),
    gap: setting(duration(), { doc: "Like `impressions.gap`.", otherwise: ofAllHistories }),
  },
  {
    doc: "The events that are the steps of one history. Settings that are missing here come from `impressions`.",
  },
);

const histories: NamedGroups<typeof history.settings> = {
  what: "groups",
  of: "history",
  group: history,
  doc: "By history: the events that are its steps. Other histories are read from columns of the rows. Without `histories`, all events of the log are steps of every history.",
};

const table = group(
  {
    path: setting(rows(), { doc: "The files of the table.", required: true }),
    key: setting(text("column"), { doc: "Its column of ids.", required: true }),
    column: setting(text("column"), {
      doc: "The name of that column in rows and logs.",
      otherwise: "the same name",
    }),
    as_of: setting(text("column"), {
      doc: "The time from which a row of the table is valid. A row of the data, or an event of a log, gets the newest row that is not later than itself.",
      otherwise: "each key has one row, for all times",
    }),
    time_zone: setting(timeZone(), {
      doc: "The time zone of times in `as_of` without a UTC offset.",
      otherwise: "as in `impressions`",
    }),
  },
  { doc: "A table: features that rows and events lack are read from its columns." },
);

const tables: NamedGroups<typeof table.settings> = {
  what: "groups",
  of: null,
  group: table,
  doc: "Tables, under any names, such as `items` and `users`.",
};

export const impressions = group(
  {
    user: setting(text("column"), { doc: "The column of users.", required: true }),
    item: setting(text("column"), { doc: "The column of the item that was shown. Only `gap` needs it." }),
    time: setting(text("column"), {
      doc: "The column of times of the impressions: timestamps, or numbers.",
      otherwise: "`data.time`",
    }),
    time_zone: setting(timeZone(), {
      doc: "The time zone of times without a UTC offset, also in logs and tables without one of their own.",
      otherwise: "`data.time_zone`, or `UTC`",
    }),
    log: group(
      {
        path: setting(rows(), {
          doc: "The files of events.",
          otherwise: "the files of `train`, `valid` and `test`, as earlier impressions",
        }),
        ...columnsOfEvents((name) => `\`impressions.${name}\``),
      },
      { doc: "The log from which histories are made, and its columns, unless a history names its own." },
    ),
    ...durations,
    histories,
    tables,
  },
  {
    doc: "Rows are impressions: their histories contain the user's events strictly before each, from an event log or from the rows themselves.",
    form: "rows",
  },
);
