"""onnxruntime behind uvicorn: `POST /rank` takes the model's inputs as lists, already encoded.

uvicorn_server.py FOLDER CANDIDATES STEPS; `GET /example` gives a request.
"""

import json
import socket
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

folder, candidates, steps = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
session = onnxruntime.InferenceSession(str(next(folder.glob("*.onnx"))))
types = {
    each.name: np.int32 if "int32" in each.type else np.int64 if "int64" in each.type else np.float32
    for each in session.get_inputs()
}
generator = np.random.default_rng(1)


def size_of(dim):
    if isinstance(dim, int):
        return dim
    return candidates if "candidate" in dim else steps


async def rank(request):
    values = json.loads(await request.body())
    feeds = {name: np.asarray(value, types[name]) for name, value in values.items()}
    return JSONResponse({"scores": session.run(None, feeds)[0].ravel().tolist()})


async def example(_):
    shapes = {each.name: [size_of(dim) for dim in each.shape] for each in session.get_inputs()}
    return JSONResponse({name: generator.integers(1, 30, shape).tolist() for name, shape in shapes.items()})


# asyncio turns Nagle's algorithm off for sockets that say TCP alone; with it, each answer takes 40 ms.
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
listener.bind(("127.0.0.1", 0))
print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
application = Starlette(routes=[Route("/rank", rank, methods=["POST"]), Route("/example", example)])
uvicorn.Server(uvicorn.Config(application, log_level="warning")).run(sockets=[listener])
