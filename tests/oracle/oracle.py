"""An oracle for the rows that dinc makes of event logs and of impressions.

It draws projects (a spec, a dinc.yaml, files of any format), says by the documents alone which rows they have, and compares
these with what `dinc prepare` wrote. It was written from docs/data.md, docs/settings.md, docs/impressions.md, docs/training.md,
docs/prepared-rows.md and grammar/SPEC.md, without a line of dinc's code. It promises to find

- a row that is missing, twice, or in another split, and a kept row that the rule of `validate` or `hold_out` forbids;
- a history with another event, in another order, with one of the future or of the row's own time, of an impression;
- a feature, a label or a step's field with another value, whatever file, table or column it comes from;
- a vocabulary with another value, and an item that was drawn although its user touched it, or not as often as any other;
- a row or an event that is left out without being told, and rows that depend on how files are written.

    python3 oracle.py write FOLDER SEED COUNT      FOLDER/0, FOLDER/1, …: the same projects for the same seed
    python3 oracle.py compare FOLDER SEED COUNT    lines of JSON: for each project what is wrong with its `rows`,
                                                   and at the end how far drawn items are from uniform, in deviations

Some projects are written a second time, in other files of other formats: FOLDER/0-again.
"""

import json
import os
import random
import sys
from math import sqrt

from event_log import EventLog
from impressions import Impressions
from project import Prepared
from tables import Style

AGAIN = 8


def drawn(seed, number):
    chance = random.Random(f"{seed} {number}")
    return chance.choice([EventLog, Impressions])(chance), chance


def write(folder, seed, number):
    case, chance = drawn(seed, number)
    for name in [f"{number}", *([f"{number}-again"] if number % AGAIN == 0 else [])]:
        case.project.write(os.path.join(folder, name), Style.random(chance), chance)


def compare(folder, case, number):
    rows = os.path.join(folder, f"{number}", "rows")
    again = os.path.join(folder, f"{number}-again", "rows")
    if not os.path.exists(rows):
        return ["nothing was prepared"]
    prepared = Prepared(rows, case.project)
    wrong = case.compare(prepared)
    if number % AGAIN == 0 and Prepared(again, case.project).content() != prepared.content():
        wrong.append("the rows are others in other files")
    return wrong


def main(command, folder, seed, count):
    places = []
    for number in range(int(count)):
        if command == "write":
            write(folder, seed, number)
        else:
            case, _ = drawn(seed, number)
            print(json.dumps({"project": number, "wrong": compare(folder, case, number)}))
            places += case.places
    if command == "compare":
        print(json.dumps({"drawn": len(places), "deviations": sum(places) / sqrt(len(places) or 1)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
