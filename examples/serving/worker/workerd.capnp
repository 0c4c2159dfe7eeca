# `npx workerd serve workerd.capnp` runs the worker on your own machine, by the engine that Cloudflare runs it with.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "ranker", worker = .ranker)],
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "ranker")],
);

const ranker :Workerd.Worker = (
  compatibilityDate = "2026-11-01",
  modules = [
    (name = "worker.mjs", esModule = embed "worker.mjs"),
    (name = "ranker/model.js", esModule = embed "ranker/model.js"),
    (name = "ranker/model.wasm", wasm = embed "ranker/model.wasm"),
    (name = "ranker/model.weights.bin", data = embed "ranker/model.weights.bin"),
  ],
);
