// Generates `model_test.py`, which checks that onnxruntime in Python gives the same scores as training.

import { pythonQuoted } from "../../common/python-text.ts";
import type { Model } from "../../frontend/model/model.ts";
import { resultsOf } from "./model.ts";

export function pythonTest(model: Model): string {
  const results = resultsOf(model).map(
    ({ label, own, probability, width }) =>
      `    ${pythonQuoted(label)}: (${pythonQuoted(own)}, ${probability === null ? "None" : pythonQuoted(probability)}, ${width}),`,
  );
  return testText(
    {
      about: "golden requests, damaged vocabularies",
      imports: "\nfrom inputs import Encoder, RankerInputError, RankerWeightsError\n",
      results,
      setUp: `data = (here / "inputs.bin").read_bytes()
encoder = Encoder(data)`,
    },
    `class GoldenRequests(unittest.TestCase):
    def test_scores_are_those_of_training(self) -> None:
        tolerance = golden["tolerance"]
        for i, each in enumerate(golden["requests"]):
            feeds = encoder.feeds(each["request"])
            for label, expected in each["logits"]:
                with self.subTest(request=i, label=label):
                    own, probability, width = outputs[label]
                    (found,) = session.run([own], feeds)
                    np.testing.assert_allclose(
                        np.ravel(found), expected, atol=tolerance["absolute"], rtol=tolerance["relative"]
                    )
                    if probability is not None:
                        (shares,) = session.run([probability], feeds)
                        logits = np.reshape(found, (-1, width)) if width > 1 else np.stack([np.ravel(found), 0 * np.ravel(found)], 1)
                        powers = np.exp(logits - logits.max(1, keepdims=True))
                        right = powers / powers.sum(1, keepdims=True)
                        np.testing.assert_allclose(np.ravel(shares), np.ravel(right if width > 1 else right[:, 0]), atol=1e-6)


class Damage(unittest.TestCase):
    def test_changed_vocabularies_are_refused(self) -> None:
        for damaged in (data[:-1] + bytes([data[-1] ^ 1]), data[:20], data[:-64], b""):
            with self.assertRaises(RankerWeightsError):
                Encoder(damaged)

    def test_a_request_without_candidates_is_refused(self) -> None:
        with self.assertRaises(RankerInputError) as refused:
            encoder.feeds({**golden["requests"][0]["request"], "candidates": []})
        self.assertEqual(refused.exception.field, "candidates")
`,
  );
}

/** The same for a folder of `--inputs raw`, whose golden requests are tensors. */
export function rawPythonTest(model: Model): string {
  const results = resultsOf(model).map(
    ({ label, own }) => `    ${pythonQuoted(label)}: ${pythonQuoted(own)},`,
  );
  return testText(
    {
      about: "the tensors of golden requests give their logits",
      imports: "",
      results,
      setUp: `types = {"string": str, "int64": np.int64, "double": np.float64, "float": np.float32, "int32": np.int32}`,
    },
    `def tensor_of(given: dict) -> np.ndarray:
    """JSON has no NaN, for which null stands."""
    values = [np.nan if value is None else value for value in given["data"]]
    return np.array(values, types[given["type"]]).reshape(given["dims"])


class GoldenRequests(unittest.TestCase):
    def test_scores_are_those_of_training(self) -> None:
        tolerance = golden["tolerance"]
        for i, each in enumerate(golden["requests"]):
            tensors = {name: tensor_of(given) for name, given in each["tensors"].items()}
            for label, expected in each["logits"]:
                with self.subTest(request=i, label=label):
                    (found,) = session.run([outputs[label]], tensors)
                    np.testing.assert_allclose(
                        np.ravel(found), expected, atol=tolerance["absolute"], rtol=tolerance["relative"]
                    )
`,
  );
}

interface TestParts {
  /** The subjects of the tests. */
  readonly about: string;
  /** Lines after the imports of packages. */
  readonly imports: string;
  /** Entries of the outputs by label. */
  readonly results: readonly string[];
  readonly setUp: string;
}

/** A test around `tests`, which use `here`, `outputs`, `golden` and `session`. */
function testText({ about, imports, results, setUp }: TestParts, tests: string): string {
  return `# ruff: noqa
# fmt: off
"""Checks this folder: ${about}.

Run: pip install numpy onnxruntime && python model_test.py
"""

import json
import unittest
from pathlib import Path

import numpy as np
import onnxruntime
${imports}
here = Path(__file__).parent
outputs = {
${results.join("\n")}
}
golden = json.loads((here / "model.golden.json").read_text())
${setUp}
session = onnxruntime.InferenceSession(str(here / "model.onnx"), providers=["CPUExecutionProvider"])


${tests}

if __name__ == "__main__":
    unittest.main()
`;
}
