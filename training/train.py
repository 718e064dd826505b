"""Train the reader on the examples of `prepare.py`, and write it as int8 ONNX.

    pip install torch transformers onnx onnxscript
    python training/train.py OUT --start FILE... --tokenizer tokenizer.json --examples FOLDER... --minutes 70

The start is a BERT of 12 layers and 384 numbers with a head for start and end, as in `shared/reader/` (itself begun
from the bundled cross-encoder). [CLS] as start and end means "none" (Devlin et al. 2019, section 4.3). The learning
rate falls with the clock, not with the steps, so that the run ends on time on a machine that is busy with other work.
A run may go on from the weights of an earlier one, with another --seed, or from the mean of several (a model soup,
Wortsman et al. 2022); with --minutes 0 that mean is written and measured as it is.
Writes OUT/reader.safetensors (float16), OUT/model.onnx (int8) and OUT/scores.json.
"""

import argparse
import json
import math
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertForQuestionAnswering

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"

LONGEST = 256
"""Tokens of question and passage together; passages of 120 words have about 170."""

BATCH = 32
WARM_UP = 0.04
FROZEN_LAYERS = 4
"""With the embeddings; they are good as they are, and each one less to train saves a twelfth of the time."""

SHARES = {
    "squad2: unanswerable": 2.0,
    "newsqa_val: answerable": 1.5,
    "newsqa_cotaeval: answerable": 1.5,
    "newsqa_val: same text": 0.7,
    "newsqa_cotaeval: same text": 0.7,
    "news: answerable": 2.0,
    "news: retrieved": 1.0,
    "squad1_train_du_test: near miss": 0.8,
    "squad1_train_du_test: opposite": 1.0,
    "squad2: opposite": 1.0,
    "near miss": 0.5,
    "opposite": 0.4,
    "same text": 0.25,
    "retrieved": 0.25,
    "new_wiki": 0.3,
    "amazon_reviews": 0.12,
    "reddit": 0.12,
    "subjqa": 0.12,
    "fairytaleqa": 0.25,
}
"""How often the examples of a kind are seen: what is set for the whole name, else the product for its parts."""


class Batches:
    """Examples as tokens, drawn at random by their shares, in batches of about equal length."""

    def __init__(self, examples: list[dict], tokenizer: Tokenizer, seed: int) -> None:
        self.tokenizer, self.seed = tokenizer, seed
        self.examples = examples
        self.weights = [share(example["kind"]) for example in examples]

    def __iter__(self) -> Iterator[dict[str, torch.Tensor]]:
        chance = random.Random(self.seed)
        while True:
            # The k smallest of exponential variates with these rates: a weighted draw without repetition.
            keys = [chance.expovariate(w) if w else float("inf") for w in self.weights]
            order = sorted(range(len(keys)), key=keys.__getitem__)[: BATCH * 400]
            for chunk in range(0, len(order), BATCH * 40):
                drawn = [encoded(self.tokenizer, self.examples[i]) for i in order[chunk : chunk + BATCH * 40]]
                drawn = sorted((d for d in drawn if d is not None), key=lambda d: len(d[0]))
                batches = [drawn[i : i + BATCH] for i in range(0, len(drawn), BATCH)]
                chance.shuffle(batches)
                yield from (padded(batch) for batch in batches)


def share(kind: str) -> float:
    if kind in SHARES:
        return SHARES[kind]
    return math.prod(SHARES.get(part, 1.0) for part in kind.split(": "))


def encoded(tokenizer: Tokenizer, example: dict) -> tuple[list[int], list[int], int, int] | None:
    """Return ids, types, and the first and last token of the answer (0, 0: none); None if it was cut off."""
    encoding = tokenizer.encode(example["question"], example["passage"])
    if example["start"] < 0:
        return encoding.ids, encoding.type_ids, 0, 0
    inside = [
        i
        for i, (part, (a, b)) in enumerate(zip(encoding.sequence_ids, encoding.offsets, strict=True))
        if part == 1 and a < example["end"] and example["start"] < b
    ]
    complete = inside and encoding.offsets[inside[-1]][1] >= example["end"] - 1
    return (encoding.ids, encoding.type_ids, inside[0], inside[-1]) if complete else None


def padded(batch: list[tuple[list[int], list[int], int, int]]) -> dict[str, torch.Tensor]:
    width = max(len(ids) for ids, *_ in batch)

    def rows(lists: list[list[int]]) -> torch.Tensor:
        return torch.tensor([row + [0] * (width - len(row)) for row in lists])

    return {
        "input_ids": rows([ids for ids, *_ in batch]),
        "token_type_ids": rows([types for _, types, *_ in batch]),
        "attention_mask": rows([[1] * len(ids) for ids, *_ in batch]),
        "start_positions": torch.tensor([start for *_, start, _ in batch]),
        "end_positions": torch.tensor([end for *_, end in batch]),
    }


def network(starts: Sequence[Path]) -> BertForQuestionAnswering:
    config = BertConfig(
        hidden_size=384,
        num_hidden_layers=12,
        num_attention_heads=12,
        intermediate_size=1536,
        vocab_size=30522,
        attention_probs_dropout_prob=0.0,
        # Few examples are seen more than twice, so little needs protecting from being learnt by heart; drawing the
        # zeros took a tenth of the time.
        hidden_dropout_prob=0.0,
        # Torch's fused attention for CPUs is the slower one here: 12 examples a second against 17.
        attn_implementation="eager",
    )
    model = BertForQuestionAnswering(config)
    weights = [load_file(start) for start in starts]
    if any(each.keys() != weights[0].keys() for each in weights):
        raise ValueError(
            f"{', '.join(map(str, starts))} are not weights of one network: name files that train.py wrote."
        )
    mean = {name: sum(each[name].float() for each in weights) / len(weights) for name in weights[0]}
    model.load_state_dict({name.replace("qa.", "qa_outputs."): value for name, value in mean.items()})
    return model.to(DEVICE)


def train(model: BertForQuestionAnswering, batches: Batches, minutes: float, peak: float, out: Path) -> int:
    for part in (model.bert.embeddings, *model.bert.encoder.layer[:FROZEN_LAYERS]):
        part.requires_grad_(False)
    trained = [p for p in model.parameters() if p.requires_grad]
    plain = [p for p in trained if p.ndim < 2]
    decayed = [p for p in trained if p.ndim >= 2]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=peak)
    began, seen, losses, saved = time.time(), 0, [], 0.0
    model.train()
    for batch in batches:
        spent = (time.time() - began) / (60 * minutes)
        if spent >= 1:
            return seen
        for group in optimizer.param_groups:
            group["lr"] = peak * min(spent / WARM_UP, (1 - spent) / (1 - WARM_UP))
        with torch.autocast(DEVICE, torch.bfloat16):
            loss = model(**{name: rows.to(DEVICE) for name, rows in batch.items()}).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seen += len(batch["input_ids"])
        losses.append(loss.item())
        if len(losses) == 50:
            print(f"{spent:.3f} of the time, {seen} examples, loss {sum(losses) / 50:.3f}", flush=True)
            losses.clear()
        if spent - saved > 0.1:
            saved = spent
            write(model, out / "reader.safetensors")
    raise AssertionError("batches never end")


def write(model: BertForQuestionAnswering, file: Path) -> None:
    state = {k.replace("qa_outputs.", "qa."): v.half().contiguous() for k, v in model.state_dict().items()}
    save_file(state, file)


@torch.no_grad()
def scores(model: BertForQuestionAnswering, examples: list[dict], tokenizer: Tokenizer) -> dict[str, dict[str, float]]:
    """Return by kind: exact match of the best span (answerable), share with a span above "none", and the count."""
    model.eval()
    found: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for example in examples:
        tokens = encoded(tokenizer, example)
        if tokens is None:
            continue
        encoding = tokenizer.encode(example["question"], example["passage"])
        batch = padded([tokens])
        with torch.autocast(DEVICE, torch.bfloat16):
            said = model(**{k: v.to(DEVICE) for k, v in batch.items() if "positions" not in k})
        start, end = said.start_logits[0].float().cpu(), said.end_logits[0].float().cpu()
        first = encoding.sequence_ids.index(1)
        last = len(encoding.ids) - 1
        span = start[first:last, None] + end[None, first:last] - start[0] - end[0]
        allowed = torch.ones_like(span).triu() - torch.ones_like(span).triu(30)
        span = span.masked_fill(allowed == 0, -1e9)
        best = int(span.argmax())
        a, b = divmod(best, span.shape[1])
        exact = (first + a, first + b) == tokens[2:]
        found[example["kind"]].append((float(span.max()), exact))
    return {
        kind: {
            "n": len(values),
            "exact": sum(exact for _, exact in values) / len(values),
            "above_none": sum(score > 0 for score, _ in values) / len(values),
        }
        for kind, values in sorted(found.items())
    }


class Logits(torch.nn.Module):
    """The network with its two outputs as a plain tuple."""

    def __init__(self, model: BertForQuestionAnswering) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        said = self.model(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
        return said.start_logits, said.end_logits


def export(model: BertForQuestionAnswering, out: Path) -> None:
    model.float().eval().requires_grad_(False).cpu()
    names = ["input_ids", "attention_mask", "token_type_ids"]
    ids = torch.ones(2, 16, dtype=torch.long)

    torch.onnx.export(
        Logits(model),
        (ids, ids, ids),
        out / "model.fp32.onnx",
        input_names=names,
        output_names=["start_logits", "end_logits"],
        dynamic_axes={name: {0: "batch", 1: "tokens"} for name in [*names, "start_logits", "end_logits"]},
        dynamo=False,
    )
    quantize_dynamic(out / "model.fp32.onnx", out / "model.onnx", weight_type=QuantType.QInt8, per_channel=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--start", type=Path, nargs="+", required=True, help="weights; of several files their mean")
    parser.add_argument("--tokenizer", type=Path, required=True, help="tokenizer.json of the bundled cross-encoder")
    parser.add_argument("--examples", type=Path, nargs="+", required=True)
    parser.add_argument("--minutes", type=float, default=70)
    parser.add_argument("--peak", type=float, default=5e-5, help="learning rate behind the warm-up")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(args.tokenizer))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    read = {
        name: [json.loads(line) for folder in args.examples for line in (folder / f"{name}.jsonl").open()]
        for name in ("train", "held_out")
    }
    random.Random(0).shuffle(read["held_out"])
    held_out = read["held_out"][:800]
    model = network(args.start)
    before = scores(model, held_out, tokenizer)
    print(json.dumps(before, indent=1), flush=True)
    batches = Batches(read["train"], tokenizer, args.seed)
    seen = train(model, batches, args.minutes, args.peak, args.out) if args.minutes else 0
    write(model, args.out / "reader.safetensors")
    after = scores(model, held_out, tokenizer) if args.minutes else before
    report = {"examples_seen": seen, "minutes": args.minutes, "before": before, "after": after}
    (args.out / "scores.json").write_text(json.dumps(report, indent=1))
    print(json.dumps(after, indent=1), flush=True)
    export(model, args.out)


if __name__ == "__main__":
    main()
