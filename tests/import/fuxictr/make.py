"""Writes the files of this folder with FuxiCTR's own code: a data set that its FeatureProcessor fits, a DIN that is trained
for a moment, its checkpoint, and rows with its scores. usage: FUXICTR_DIR=checkout python make.py"""

import csv
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

import numpy
import polars
import torch

here = Path(__file__).parent
sys.path.insert(0, str(Path(os.environ["FUXICTR_DIR"]) / "model_zoo/DIN/src"))
from DIN import DIN  # noqa: E402
from fuxictr.features import FeatureMap  # noqa: E402
from fuxictr.preprocess import FeatureProcessor  # noqa: E402

STEPS = 4
chance = random.Random(35)
items = [f"i{n}" for n in range(6)]


def row() -> dict:
    steps = chance.choices([*items, "i-new"], k=chance.randint(1, STEPS))
    return {
        "user_id": str(chance.randint(1, 5)),
        "price": f"{chance.uniform(1, 30):.2f}",
        "item_id": chance.choice([*items, "i-new"]),
        "hist_item_id": "^".join(steps),
        "click": str(chance.randint(0, 1)),
    }


def write(path: Path, rows: list[dict]) -> None:
    with open(path, "w", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    root = Path(tempfile.mkdtemp())
    train = [{**each, "item_id": each["item_id"].replace("i-new", "i0")} for each in (row() for _ in range(64))]
    train = [{**each, "hist_item_id": each["hist_item_id"].replace("i-new", "i1")} for each in train]
    write(root / "train.csv", train)
    columns = [
        {"name": "user_id", "active": True, "dtype": "str", "type": "categorical"},
        {"name": "price", "active": True, "dtype": "float", "type": "numeric", "normalizer": "StandardScaler"},
        {"name": "item_id", "active": True, "dtype": "str", "type": "categorical"},
        {
            **{"name": "hist_item_id", "active": True, "dtype": "str", "type": "sequence"},
            **{"splitter": "^", "max_len": STEPS, "feature_encoder": None, "share_embedding": "item_id"},
        },
    ]
    label = {"name": "click", "dtype": "float"}
    processor = FeatureProcessor(columns, label, dataset_id="shop", data_root=f"{root}/")

    def frame(path: Path) -> polars.LazyFrame:
        """As FuxiCTR's `read_data`, which calls polars by words that its version 2 no longer knows."""
        return processor.preprocess(polars.read_csv(path, schema_overrides=processor.dtype_dict).lazy())

    processor.fit(frame(root / "train.csv"))
    settings = {
        **{"gpu": -1, "verbose": 0, "model_root": f"{root}/", "metrics": ["AUC"], "task": "binary_classification"},
        **{"optimizer": "adam", "loss": "binary_crossentropy", "learning_rate": 0.02, "embedding_dim": 4},
    }
    features = FeatureMap("shop", str(root / "shop"))
    features.load(str(root / "shop/feature_map.json"), settings)
    torch.manual_seed(35)
    model = DIN(
        features,
        **settings,
        model_id="DIN",
        dnn_hidden_units=[6],
        dnn_activations="Dice",
        attention_hidden_units=[5],
        din_target_field=["item_id"],
        din_sequence_field=["hist_item_id"],
    )
    model._max_gradient_norm = 10.0

    def batch(rows: list[dict]) -> dict[str, torch.Tensor]:
        write(root / "rows.csv", rows)
        table = frame(root / "rows.csv").collect().to_pandas()
        fitted = processor.processor_dict
        encoded = {
            "user_id": fitted["user_id::tokenizer"].encode_category(table["user_id"]),
            "price": fitted["price::normalizer"].transform(table["price"].to_numpy()),
            "item_id": fitted["item_id::tokenizer"].encode_category(table["item_id"]),
            "hist_item_id": fitted["hist_item_id::tokenizer"].encode_sequence(table["hist_item_id"]),
            "click": table["click"],
        }
        return {name: torch.tensor(numpy.array(values)) for name, values in encoded.items()}

    known = batch(train)
    model.train()
    for _ in range(15):
        model.train_step(known)
    model.eval()
    scored = [row() for _ in range(24)]
    with torch.no_grad():
        scores = model(batch(scored))["y_pred"].reshape(-1).tolist()
    model.save_weights(str(here / "DIN.model"))
    for name in ("feature_map.json", "feature_vocab.json", "feature_processor.pkl"):
        shutil.copy(root / "shop" / name, here / name)
    for each, score in zip(scored, scores, strict=True):
        del each["click"]
        each["score"] = f"{score:.9g}"
    write(here / "scored.csv", scored)
