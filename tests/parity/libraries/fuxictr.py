"""FuxiCTR's models with random weights. usage: fuxictr.py OUT [MODEL …]; FUXICTR_DIR is a checkout, whose model_zoo
the package lacks."""

import sys
from pathlib import Path

import torch

here = Path(__file__).parent
sys.path = [str(here), *(path for path in sys.path if Path(path or ".").resolve() != here.resolve())]
# This file has the name of the package.
sys.modules.pop("fuxictr", None)
sys.path.append(sys.path.pop(0))

import rows as made  # noqa: E402
import fuxictr_fields  # noqa: E402
import fuxictr_long  # noqa: E402
import fuxictr_sequences  # noqa: E402
import fuxictr_tasks  # noqa: E402
import fuxictr_weights as of  # noqa: E402
from fuxictr_models import model  # noqa: E402
from modules import Peer, padded_behind, write_peers  # noqa: E402

MLP = [64, 32]
HISTORY = list(made.HISTORIES)
TARGET = tuple(made.ITEM)


def aware_tables(width: int, layer: int = 0) -> dict[str, str]:
    """The vectors of each field for each other one: FuxiCTR numbers them by the other field, without the own one, from
    that layer on."""
    columns = [*made.USER, *made.ITEM]
    tables = {}
    for first, a in enumerate(columns):
        for second, b in enumerate(columns[first + 1 :], first + 1):
            name = "embedding_layers.{}.embedding_layer.embedding_layers.{}.weight"
            tables[f"{a}.embed_{width}.{b}"] = name.format(layer + second - 1, a)
            tables[f"{b}.embed_{width}.{a}"] = name.format(layer + first, b)
    return tables


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
    "dcn": Peer(model("DCN/DCN_torch/src/DCN.py", dnn_hidden_units=MLP, num_cross_layers=3)),
    "pnn": Peer(
        model("PNN/src/PNN.py", hidden_units=MLP),
        weights={"net.like.mlp.dense_1.kernel": "concat(transpose(dnn.mlp.0.weight), 0 * identity(64))"},
        note="FuxiCTR has the inner products alone; the rows of the outer product are zero here",
    ),
    "nfm": Peer(model("NFM/src/NFM.py", hidden_units=[32, 16])),
    "afm": Peer(model("AFM/src/AFM.py", attention_dim=4)),
    "ffm": Peer(model("FFM/src/FFM.py", embedding_dim=4), weights=aware_tables(4)),
    "fmfm": Peer(
        model("FmFM/src/FmFM.py", field_interaction_type="matrixed"),
        weights={
            f"net.second.linear_{pair}.kernel": f"reshape(rows(interaction_weight, {pair - 1}, {pair}), 8, 8)"
            for pair in range(1, 16)
        },
    ),
    "fwfm": Peer(model("FwFM/src/FwFM.py", linear_type="FiLV")),
    "wide_and_deep": Peer(
        model("WideDeep/WideDeep_torch/src/WideDeep.py", hidden_units=MLP),
        weights={"gender_genre.weight": "0"},
        note="FuxiCTR has no crosses: that of the zoo has zero weights here",
    ),
    "deep_crossing": Peer(model("DeepCrossing/src/DeepCrossing.py", residual_blocks=[32, 16])),
    "hofm": Peer(model("HOFM/src/HOFM.py", order=3, embedding_dim=[8, 4])),
    "fibinet": Peer(
        model("FiBiNET/src/FiBiNET.py", hidden_units=MLP, bilinear_type="field_all", reduction_ratio=3),
        weights={
            "net.crossed.bilinear.linear_1.kernel": "bilinear_interaction1.bilinear_W",
            "net.crossed.bilinear_2.linear_1.kernel": "bilinear_interaction2.bilinear_W",
        },
    ),
    "gdcn": Peer(
        model("GDCN/src/GDCN.py", name="GDCNP", dnn_hidden_units=MLP, num_cross_layers=3),
        weights={
            f"net.crossed.{weight}": source
            for layer in range(3)
            for weight, source in (
                (f"dense_{layer + 1}.kernel", f"transpose(cross_net.w.{layer}.weight)"),
                (f"dense_{layer + 1}.bias", f"cross_net.b.{layer}"),
                (f"linear_{layer + 1}.kernel", f"transpose(cross_net.wg.{layer}.weight)"),
            )
        },
    ),
    "edcn": Peer(
        model("EDCN/src/EDCN.py", num_cross_layers=2),
        weights={
            "net.start.regulated.parameter_1.value": "regulation_modules.0.g1",
            "net.deep.regulated.parameter_1.value": "regulation_modules.0.g2",
            "net.again.regulated.parameter_1.value": "regulation_modules.1.g1",
            "net.deep2.regulated.parameter_1.value": "regulation_modules.1.g2",
            "net.crossed.bias_1.bias": "cross_layers.0.bias",
            "net.crossed2.bias_1.bias": "cross_layers.1.bias",
        },
        deviation=1.0,
        spec=[
            ("bias(start * linear(start, 1)) + start", "bias(start * linear(start, 1))"),
            ("bias(start * linear(again, 1)) + again", "bias(start * linear(again, 1))"),
        ],
        note="FuxiCTR's cross layers lack the `+ x` of the paper's equation, and so does the spec here",
    ),
    "lorentz_fm": Peer(model("LorentzFM/src/LorentzFM.py")),
    "hfm": Peer(
        model("HFM/src/HFM.py", use_dnn=False, interaction_type="circular_correlation"), unused=["hfm_layer.conj_sign"]
    ),
    "dlrm": Peer(
        model("DLRM/src/DLRM.py", numbers=made.NUMBERS, top_mlp_units=MLP, bottom_mlp_units=[16]),
        columns=[*of.CATEGORIES, *made.NUMBERS],
        numbers=made.NUMBERS,
        mapped=of.dlrm,
        arrange=of.small_numbers,
        spec=[
            ("age        : number |> standardize", "age        : number"),
            ("(missing: 1990) |> standardize", "(missing: 1990)"),
        ],
        note="With numbers as they are, as the library leaves their scale to its preparation of data",
    ),
    "dssm": Peer(
        model(
            "DSSM/src/DSSM.py",
            user_tower_units=[32, 16],
            item_tower_units=[32, 16],
            user_tower_activations="Tanh",
            item_tower_activations="Tanh",
        ),
        mapped=of.dssm,
        spec=[
            (
                "let user     = concat(user_id, gender, age, occupation) |> mlp([32, 16], tanh) |> unit",
                "let user     = concat(user_id, gender, age, occupation) |> mlp([32], tanh) |> dense(16)",
            ),
            (
                "let item     = concat(item_id, genre) |> mlp([32, 16], tanh) |> unit",
                "let item     = concat(item_id, genre) |> mlp([32], tanh) |> dense(16)",
            ),
            ("10 * dot(user, item)", "dot(user, item)"),
        ],
        note="FuxiCTR's towers end without tanh, and their product is no cosine, where the paper has both",
    ),
    "finalnet": Peer(
        model(
            "FinalNet/src/FinalNet.py",
            batch_norm=False,
            use_feature_gating=True,
            block1_hidden_units=[32, 16],
            block2_hidden_units=[32, 16],
            residual_type="sum",
        ),
        mapped=of.finalnet,
    ),
    **fuxictr_sequences.peers,
    **fuxictr_tasks.peers,
    **fuxictr_fields.peers,
    **fuxictr_long.peers,
    "onn": Peer(
        model("ONN/ONN_torch/src/ONN.py", hidden_units=MLP),
        weights={
            **{field: f"embedding_layers.0.embedding_layer.embedding_layers.{field}.weight" for field in of.FIELDS},
            **aware_tables(8, layer=1),
        },
        spec=[("dot(embed(a, 4, name: b), embed(b, 4, name: a))", "dot(embed(a, 8, name: b), embed(b, 8, name: a))")],
        note="FuxiCTR's embeddings have one width for all operations, 8 here",
    ),
}


def score(module: torch.nn.Module, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    # DIEN reads histories that are padded behind.
    behind = type(module).__name__ == "DIEN"
    found = module({name: padded_behind(ids) if behind and name in HISTORY else ids for name, ids in inputs.items()})
    if "y_pred" in found:
        return {"score": found["y_pred"]}
    return {f"score_{label}": found[f"{label}_pred"] for label in module.feature_map.labels}


if __name__ == "__main__":
    write_peers(peers, Path(sys.argv[1]), score, sys.argv[2:])
