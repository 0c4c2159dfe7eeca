"""FuxiCTR's models with random weights. usage: fuxictr.py OUT [MODEL …]; FUXICTR_DIR is a checkout, whose model_zoo
the package lacks."""

import importlib.util
import os
import sys
from collections import OrderedDict
from pathlib import Path

import torch

here = Path(__file__).parent
sys.path = [str(here), *(path for path in sys.path if Path(path or ".").resolve() != here.resolve())]
# This file has the name of the package.
sys.modules.pop("fuxictr", None)
sys.path.append(sys.path.pop(0))

import rows as made  # noqa: E402
from fuxictr.features import FeatureMap  # noqa: E402
import fuxictr_weights as of  # noqa: E402
from modules import Peer, write_peers  # noqa: E402

ZOO = Path(os.environ["FUXICTR_DIR"]) / "model_zoo"
SETTINGS = {
    "gpu": -1,
    "verbose": 0,
    "model_root": "/tmp",
    "metrics": ["AUC"],
    "task": "binary_classification",
    "optimizer": "adam",
    "loss": "binary_crossentropy",
    "learning_rate": 1e-3,
    "embedding_dim": 8,
}
SOURCES = {**dict.fromkeys(made.USER, "user"), **dict.fromkeys(made.ITEM, "item")}


def feature_map(columns: list[str], encoder: str | None = None) -> FeatureMap:
    features = FeatureMap("zoo", "/tmp")
    features.labels = ["like"]
    features.default_emb_dim = SETTINGS["embedding_dim"]
    described = OrderedDict()
    for column in columns:
        owner = made.HISTORIES.get(column)
        spec = {"source": SOURCES.get(owner or column, ""), "padding_idx": 0}
        spec["vocab_size"] = len(made.VALUES[owner or column]) + 2
        if owner is None:
            described[column] = {**spec, "type": "categorical"}
        else:
            shared = {"share_embedding": owner, "max_len": made.STEPS, "feature_encoder": encoder}
            described[column] = {**spec, **shared, "type": "sequence"}
    features.features = described
    features.num_fields = features.get_num_fields()
    features.set_column_index()
    return features


def model(file: str, **settings):
    """Builds a class of the model zoo: `DeepFM/DeepFM_torch/src/DeepFM.py`."""
    path = ZOO / file
    name = settings.pop("name", path.stem)
    encoder = settings.pop("encoder", None)

    def build(columns: list[str]) -> torch.nn.Module:
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return getattr(module, name)(feature_map(columns, encoder), **{**SETTINGS, **settings})

    return build


MLP = [64, 32]
HISTORY = list(made.HISTORIES)
TARGET = tuple(made.ITEM)

peers = {
    "lr": Peer(model("LR/src/LR.py")),
    "fm": Peer(model("FM/src/FM.py")),
    "deepfm": Peer(model("DeepFM/DeepFM_torch/src/DeepFM.py", hidden_units=MLP)),
    "dcn_v2": Peer(model("DCNv2/src/DCNv2.py", parallel_dnn_hidden_units=MLP, num_cross_layers=2)),
    "autoint": Peer(
        model("AutoInt/src/AutoInt.py", attention_layers=3, num_heads=2, attention_dim=16, dnn_hidden_units=[]),
        weights={f"net.crossed.interacting_{layer}.linear_1.kernel": "identity(16)" for layer in (2, 3)},
        note="FuxiCTR multiplies the residual only where the width changes: elsewhere W_res is the identity",
    ),
    "xdeepfm": Peer(
        model("xDeepFM/src/xDeepFM.py", dnn_hidden_units=MLP, cin_hidden_units=[8, 8]),
        weights={
            "net.like.cin.layers.mix_1.kernel": "reshape(transpose(reshape(cin.cin_layer.layer_1.weight, 8, 6, 6)), 36, 8)",
            "net.like.cin.layers.mix_2.kernel": "reshape(transpose(reshape(cin.cin_layer.layer_2.weight, 8, 6, 8)), 48, 8)",
            "net.like.dense_1.kernel": "concat_columns(cin.fc.weight, dnn.mlp.4.weight)",
            "net.like.dense_1.bias": "cin.fc.bias + dnn.mlp.4.bias",
        },
        zero=["cin.cin_layer.layer_1.bias", "cin.cin_layer.layer_2.bias"],
        note="FuxiCTR adds a bias to each feature map of the CIN, which the paper does not; it is zero here",
    ),
    "din": Peer(
        model(
            "DIN/src/DIN.py",
            dnn_hidden_units=MLP,
            dnn_activations="Dice",
            attention_hidden_units=[16, 8],
            attention_hidden_activations="Dice",
            din_target_field=[TARGET],
            din_sequence_field=[tuple(HISTORY)],
        ),
        HISTORY,
    ),
    "dmin": Peer(
        model(
            "DMIN/src/DMIN.py",
            dnn_hidden_units=MLP,
            dnn_activations="Dice",
            target_field=[TARGET],
            sequence_field=[tuple(HISTORY)],
            neg_seq_field=None,
            num_heads=4,
            attention_hidden_units=[16, 8],
            pos_emb_dim=4,
            batch_norm=False,
        ),
        HISTORY,
        mapped=of.dmin,
        arrange=of.one_position,
        zero=["behavior_refiner.0.attention.in_proj_bias", "behavior_refiner.0.attention.out_proj.bias"],
        note="With the mask of FuxiCTR's first attention as one of conditions: it gives PyTorch numbers, which are added "
        "to the scores, so that nothing is hidden. Its biases there, which the paper lacks, are zero, and its heads have "
        "one vector for each position, as in the authors' code",
    ),
    "finalmlp": Peer(
        model(
            "FinalMLP/src/FinalMLP.py",
            mlp1_hidden_units=[32, 16],
            mlp2_hidden_units=[32, 16],
            fs_hidden_units=[16],
            fs1_context=made.USER,
            fs2_context=made.ITEM,
            num_heads=2,
        ),
        mapped=of.finalmlp,
    ),
    "masknet": Peer(
        model(
            "MaskNet/src/MaskNet.py",
            model_type="ParallelMaskNet",
            parallel_num_blocks=3,
            parallel_block_dim=16,
            reduction_ratio=2,
            dnn_hidden_units=[32],
            dnn_hidden_activations="ReLU",
        ),
        mapped=of.masknet,
    ),
}


def score(module: torch.nn.Module, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {"score": module(inputs)["y_pred"]}


if __name__ == "__main__":
    write_peers(peers, Path(sys.argv[1]), score, sys.argv[2:])
