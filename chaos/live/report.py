"""The report of a run: report.html with the timeline and the table, timeline.svg, and report.json for machines."""

import html
import json
import math
import os
import pathlib
import platform
import subprocess
import time

from . import ROOT
from .timeline import svg

STYLE = """body{font:14px/1.45 sans-serif;color:#222;max-width:1160px;margin:24px auto;padding:0 16px}table{border-collapse:collapse;margin:12px 0}
td,th{border:1px solid #ddd;padding:4px 10px;text-align:left;vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}
.MISSED,.notseen{background:#fde0e0;font-weight:bold}.held{background:#e3f4e3}pre{background:#f6f6f6;padding:8px;overflow:auto;font-size:12px}"""


def shown(value, unit=""):
    if value is None:
        return "-"
    if isinstance(value, float):
        value = "never" if math.isinf(value) else f"{value:.3f}" if unit in ("s", "times") else f"{value:.1f}"
    return f"{value} {unit}".strip()


def line(row):
    """One figure as the terminal shows it."""
    limit = f" (at most {shown(row.limit, row.unit)})" if row.limit is not None else ""
    why = f"  {row.why}" if row.why else ""
    return f"{row.verdict:<11}{row.name:<51}{shown(row.value, row.unit):>12}{limit}{why}"


def write(seen, rows, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    picture = svg(seen)
    (folder / "timeline.svg").write_text(picture)
    (folder / "report.json").write_text(json.dumps(figures(seen, rows), indent=1) + "\n")
    (folder / "report.html").write_text(page(seen, rows, picture))
    return folder / "report.html"


def passed(rows):
    return all(one.held for one in rows)


def figures(seen, rows):
    return {
        "scenario": seen.scenario.name, "seed": seen.seed, "passed": passed(rows), "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "commit": _commit(), "machine": {"kernel": platform.release(), "cores": os.cpu_count(), "steal": round(seen.steal, 4), "busy": round(seen.busy, 4)},
        "seconds": round(seen.ended - seen.began, 3),
        "figures": [{"name": one.name, "value": _plain(one.value), "limit": one.limit, "unit": one.unit, "verdict": one.verdict, "why": one.why,
                     "examples": one.examples} for one in rows],
        "faults": [{"kind": one.kind, "target": one.target, "began": round(one.began - seen.began, 4),
                    "ended": round(one.ended - seen.began, 4) if one.ended else None, "about": one.about} for one in seen.events],
        "nodes": [{name: value for name, value in one.items() if name not in ("ups", "deaths")}
                  | {"ups": [[round(at - seen.began, 4) if at else None for at in span] for span in one.get("ups", [])],
                     "deaths": [[round(at - seen.began, 4), status] for at, status, _ in one.get("deaths", [])]} for one in seen.nodes],
        "redis": {"before": seen.redis_before, "after": seen.redis_after},
    }


def _commit():
    done = subprocess.run(["git", "-c", "safe.directory=*", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip()


def _plain(value):
    return None if isinstance(value, float) and not math.isfinite(value) else value


def page(seen, rows, picture):
    name, about = html.escape(seen.scenario.name), html.escape(seen.scenario.about or seen.scenario.name)
    head = f'<html lang="en"><head><meta charset="utf-8"><title>chaos: {name}</title><style>{STYLE}</style></head><body>'
    return "\n".join([
        "<!DOCTYPE html>", head, f"<h1>{name}: {'passed' if passed(rows) else 'FAILED'}</h1>",
        f"<p>{about}. Seed {seen.seed}; {html.escape(_summary(seen))}</p>", picture, "<h2>What must hold</h2>", _table(rows),
        "<h2>Faults</h2>", _fault_table(seen), "<h2>Nodes</h2>", _node_table(seen), "<h2>What was lost, call by call</h2>", _lost(rows),
        "<h2>The scenario</h2>", f"<pre>{html.escape(pathlib.Path(seen.scenario.path).read_text())}</pre>", "</body></html>\n"])


def _summary(seen):
    top, load = seen.scenario.topology, seen.scenario.load
    return (f"{top.nodes} node(s), store {top.store}; {load.calls_per_second:g} calls a second for {seen.scenario.seconds:.0f} s,"
            f" ringing {load.ringing:g} s, talking {load.talking:g} s, {load.users} registered users."
            f" The machine was busy {seen.busy:.0%} of the time, and its host took {seen.steal:.1%} away.")


def _table(rows):
    body = "".join(f'<tr class="{one.verdict.replace(" ", "")}"><td>{html.escape(one.name)}</td><td class="n">{shown(one.value, one.unit)}</td>'
                   f'<td class="n">{shown(one.limit, one.unit)}</td><td>{one.verdict}</td><td>{html.escape(one.why)}</td></tr>' for one in rows)
    return f"<table><tr><th>figure</th><th>seen</th><th>at most</th><th></th><th></th></tr>{body}</table>"


def _fault_table(seen):
    body = "".join(f'<tr><td class="n">{one.began - seen.began:.3f} s</td><td>{html.escape(one.name)}</td>'
                   f'<td class="n">{f"{one.ended - one.began:.3f} s" if one.ended else "-"}</td><td>{html.escape(one.about)}</td></tr>' for one in seen.events)
    return f"<table><tr><th>when</th><th>fault</th><th>until all was mended</th><th></th></tr>{body}</table>"


GAUGES = ("calls", "sessions", "unanswered", "transactions", "registrations", "store_octets", "timers", "sent_unstored", "quarantined", "restarts")


def _node_table(seen):
    body = ""
    for one in seen.nodes:
        for when in ("before", "after"):
            cells = (f"{one[when][name]:.0f}" if when in one and name in one[when] else "-" for name in GAUGES)
            body += f"<tr><td>{one['name']}, {when}</td>" + "".join(f'<td class="n">{cell}</td>' for cell in cells) + "</tr>"
    return f"<table><tr><th>gauges</th>{''.join(f'<th>{name}</th>' for name in GAUGES)}</tr>{body}</table>"


def _lost(rows):
    made = ""
    for one in rows:
        if one.examples and (not one.held or one.value):
            made += f"<h3>{html.escape(one.name)}: {shown(one.value, one.unit)}</h3>" + "".join(f"<pre>{html.escape(str(text))}</pre>" for text in one.examples)
    return made or "<p>Nothing.</p>"
