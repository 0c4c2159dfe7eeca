"""What TorchRec's own planner says that a table takes on the GPU that has most of it: planner.py INPUT prints JSON.

INPUT is JSON: rows and width of the table, and of each question the kind of sharding and the number of GPUs.
"""

import json
import sys
from pathlib import Path

import torch
from torch.distributed.optim import _apply_optimizer_in_backward as apply_optimizer_in_backward
from torchrec.distributed.embedding import EmbeddingCollectionSharder
from torchrec.distributed.planner import Topology
from torchrec.distributed.planner.enumerators import EmbeddingEnumerator
from torchrec.distributed.planner.types import ParameterConstraints
from torchrec.modules.embedding_configs import EmbeddingConfig
from torchrec.modules.embedding_modules import EmbeddingCollection


def bytes_of(rows: int, width: int, sharding: str, gpus: int, narrowest: int) -> int:
    config = EmbeddingConfig(name="item_id", embedding_dim=width, num_embeddings=rows, feature_names=["item_id"])
    tables = EmbeddingCollection(tables=[config], device=torch.device("meta"))
    apply_optimizer_in_backward(torch.optim.Adam, tables.parameters(), {"lr": 1e-3})
    parts = max(narrowest, width // gpus)
    constraint = ParameterConstraints(sharding_types=[sharding], compute_kernels=["fused"], min_partition=parts)
    topology = Topology(world_size=gpus, local_world_size=min(gpus, 8), compute_device="cuda", hbm_cap=80 * 10**9)
    # One row a GPU: what is left is the table and the optimizer.
    enumerator = EmbeddingEnumerator(topology=topology, batch_size=1, constraints={"item_id": constraint})
    (option,) = enumerator.enumerate(tables, [EmbeddingCollectionSharder()])
    return max(shard.storage.hbm for shard in option.shards)


if __name__ == "__main__":
    asked = json.loads(Path(sys.argv[1]).read_text())
    found = [
        bytes_of(asked["rows"], asked["width"], each["sharding"], each["gpus"], asked["narrowest"])
        for each in asked["questions"]
    ]
    print(json.dumps(found))
