"""Write what an evaluation measured: report.json with everything, report.md with a table and plots."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from qa.errors import EvaluationError
from qa.metrics import Result, bins, by_type, metrics


def write(folder: Path, sets: Mapping[str, Sequence[Result]], about: Mapping[str, object]) -> None:
    """Write report.json (every number and every answer) and report.md (a table and reliability plots) to `folder`."""
    numbers = {name: metrics(results) for name, results in sets.items()}
    rows = {
        name: [
            {"id": r.row.id, "right": r.right, "answerable": r.row.answerable, **r.answer.to_dict()} for r in results
        ]
        for name, results in sets.items()
    }
    report = {
        **about,
        "files": {name: {**numbers[name], "types": by_type(sets[name]), "rows": rows[name]} for name in sets},
    }
    names = list(next(iter(numbers.values())))
    table = [f"| {' | '.join(['metric', *sets])} |", f"|{'---|' * (len(sets) + 1)}"]
    for metric in names:
        values = [numbers[name][metric] for name in sets]
        table.append(
            f"| {metric} | {' | '.join('' if v is None else f'{v:.3f}'.removesuffix('.000') for v in values)} |"
        )
    typed = ["| set | type | n | refused | right |", "|---|---|---|---|---|"]
    typed += [
        f"| {name} | {type_} | {found['n']} | {found['refused']:.3f} | {found['right']:.3f} |"
        for name, results in sets.items()
        for type_, found in by_type(results).items()
        if type_
    ]
    facts = "\n".join(f"- {name}: {json.dumps(value, ensure_ascii=False)}" for name, value in about.items())
    plots = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, results in sets.items():
            plot = folder / f"reliability-{name}.svg"
            plot.write_text(reliability_plot(results), encoding="utf-8")
            plots.append(f"![How often answers of {name} were right, by their confidence]({plot.name})")
        tables = ["\n".join(table), *(["\n".join(typed)] if len(typed) > 2 else [])]
        parts = ["# Evaluation", facts, *tables, *plots]
        (folder / "report.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
        (folder / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as error:
        raise EvaluationError(
            f"the report cannot be written to {folder} ({error.strerror}): choose another --out."
        ) from error


def reliability_plot(results: Sequence[Result]) -> str:
    """Return an SVG picture: a dot for each bin of confidence, as large as it has answers, against the diagonal."""
    size, edge = 300, 40
    full = size + 2 * edge
    dots = "".join(
        f'<circle cx="{edge + sure * size:.0f}" cy="{edge + (1 - right) * size:.0f}" '
        f'r="{3 + 12 * (count / len(results)) ** 0.5:.1f}" fill="#8f2a1c" fill-opacity="0.7">'
        f"<title>{count} answers, {sure:.2f} sure, {right:.2f} right</title></circle>"
        for count, sure, right in bins(results)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{full}" height="{full}" '
        'font-family="sans-serif" font-size="12">'
        f'<rect width="{full}" height="{full}" fill="white"/>'
        f'<rect x="{edge}" y="{edge}" width="{size}" height="{size}" fill="none" stroke="#999"/>'
        f'<path d="M{edge} {edge + size}L{edge + size} {edge}" stroke="#999" stroke-dasharray="4"/>'
        f'<text x="{full / 2}" y="{full - 12}" text-anchor="middle">confidence, 0 to 1</text>'
        f'<text x="14" y="{full / 2}" text-anchor="middle" transform="rotate(-90 14 {full / 2})">share right</text>'
        f"{dots}</svg>"
    )
