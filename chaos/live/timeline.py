"""The timeline as SVG: calls a second, set-up latency, faults as marks and spans, the nodes' up and down bands."""

import collections
import html
import math

from .judge import percentile

WIDTH, LEFT, RIGHT, GAP = 1120, 70, 20, 26
INK, FAINT, MADE, DONE, LOST, MEDIAN, P99, UP, DOWN, FAULT = (
    "#222", "#ddd", "#1f5fa8", "#7aa6d6", "#c62828", "#2e7d32", "#e08a00", "#8bc48a", "#e57373", "#6a1b9a")
BAD = ("confirmed lost", "early lost", "unanswered", "refused")


class axis:
    """Seconds to pixels."""

    def __init__(self, seconds):
        self.seconds = max(1.0, seconds)

    def __call__(self, moment):
        return LEFT + (WIDTH - LEFT - RIGHT) * max(0.0, min(1.0, moment / self.seconds))


def by_second(moments, began):
    return collections.Counter(int(moment - began) for moment in moments if moment is not None)


def latencies(calls, began):
    """{second: (median, p99)} in ms of the calls that were made in that second."""
    found = collections.defaultdict(list)
    for one in calls:
        if one.invited is not None and one.rang is not None:
            found[int(one.invited - began)].append((one.rang - one.invited) * 1000)
    return {second: (percentile(sorted(times), 0.5), percentile(sorted(times), 0.99)) for second, times in found.items()}


def svg(seen):
    calls, began = list(seen.calls.values()), seen.began
    x = axis((seen.loaded or seen.ended) - began)
    names = [one["name"] for one in seen.nodes]
    panels, top = [], 40
    for draw, height in ((lambda y, h: _rates(x, y, h, calls, began), 150), (lambda y, h: _latency(x, y, h, calls, began), 130),
                         (lambda y, h: _bands(x, y, seen, names), 22 * len(names) + 4), (lambda y, h: _fault_rows(x, y, seen), 18 * len(_kinds(seen)) + 4)):
        panels.append(draw(top, height))
        top += height + GAP
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top + 14}" viewBox="0 0 {WIDTH} {top + 14}" '
            f'font-family="sans-serif" font-size="11" fill="{INK}"><rect width="{WIDTH}" height="{top + 14}" fill="white"/>'
            + _lines(x, 40, top - GAP, seen) + "".join(panels) + _seconds(x, top - GAP) + "</svg>\n")


def _text(x, y, words, anchor="start", fill=INK):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}">{html.escape(str(words))}</text>'


def _rect(x, y, width, height, colour, opacity=1):
    return f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" fill="{colour}" fill-opacity="{opacity}"/>'


def _legend(y, *entries):
    made, at = "", LEFT
    for words, colour in entries:
        made += _rect(at, y - 9, 10, 8, colour) + _text(at + 14, y - 2, words)
        at += 26 + 6.4 * len(words)
    return made


def _frame(y, height, ticks, place):
    made = "".join(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{place(tick):.1f}" y2="{place(tick):.1f}" stroke="{FAINT}"/>'
                   + _text(LEFT - 6, place(tick) + 4, f"{tick:g}", "end") for tick in ticks)
    return made + f'<rect x="{LEFT}" y="{y}" width="{WIDTH - LEFT - RIGHT}" height="{height}" fill="none" stroke="{FAINT}"/>'


def _path(points, colour, width=1.4):
    if not points:
        return ""
    return f'<path d="M{" L".join(f"{a:.1f},{b:.1f}" for a, b in points)}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _rates(x, y, height, calls, began):
    made, done = by_second((one.invited for one in calls), began), by_second((one.ended for one in calls), began)
    lost = by_second((one.lost_at for one in calls if one.verdict in BAD), began)
    most = max([*made.values(), *done.values(), 1]) * 1.1
    place = lambda value: y + height - height * value / most      # noqa: E731
    seconds = range(int(x.seconds) + 1)
    bars = "".join(_rect(x(second), place(count), max(2.0, x(1) - x(0)), y + height - place(count), LOST) for second, count in lost.items())
    return (_frame(y, height, _ticks(most), place) + bars + _path([(x(s + 0.5), place(made[s])) for s in seconds], MADE)
            + _path([(x(s + 0.5), place(done[s])) for s in seconds], DONE)
            + _legend(y, ("calls begun a second", MADE), ("completed", DONE), ("lost or refused: at their last good moment", LOST)))


def _latency(x, y, height, calls, began):
    """Logarithmic: a kill costs a thousand times what is usual."""
    found = sorted(latencies(calls, began).items())
    most = max([p99 for _, (_, p99) in found] + [10.0])
    decades = max(1, math.ceil(math.log10(most)))
    place = lambda value: y + height - height * max(0.0, math.log10(max(value, 0.1)) + 1) / (decades + 1)      # noqa: E731
    return (_frame(y, height, [10.0 ** power for power in range(-1, decades + 1)], place)
            + _path([(x(s + 0.5), place(p99)) for s, (_, p99) in found], P99) + _path([(x(s + 0.5), place(median)) for s, (median, _) in found], MEDIAN)
            + _legend(y, ("INVITE to 180 in ms, by second of the INVITE: median", MEDIAN), ("p99", P99)))


def _bands(x, y, seen, names):
    made = _legend(y, ("ready", UP), ("not ready", DOWN))
    end = (seen.loaded or seen.ended) - seen.began
    for number, node in enumerate(seen.nodes):
        top = y + 4 + 22 * number
        made += _text(LEFT - 6, top + 12, names[number], "end")
        made += _rect(LEFT, top, WIDTH - LEFT - RIGHT, 16, DOWN)
        for first, last in node.get("ups", []):
            start, stop = first - seen.began, (last - seen.began if last else end)
            if stop > 0 and start < end:
                made += _rect(x(start), top, max(0.0, x(stop) - x(start)), 16, UP)
    return made


def _kinds(seen):
    return list(dict.fromkeys(event.name for event in seen.events))


def _fault_rows(x, y, seen):
    made = _legend(y, ("faults", FAULT))
    for number, name in enumerate(_kinds(seen)):
        top = y + 4 + 18 * number
        for event in (one for one in seen.events if one.name == name):
            start, stop = event.began - seen.began, (event.ended or event.began) - seen.began
            made += _rect(x(start), top, max(3.0, x(stop) - x(start)), 12, FAULT, 0.25 if event.about else 0.8)
        made += _text(LEFT + 4, top + 10, name)
    return made


def _lines(x, top, bottom, seen):
    return "".join(f'<line x1="{x(one.began - seen.began):.1f}" x2="{x(one.began - seen.began):.1f}" y1="{top}" y2="{bottom}" stroke="{FAULT}" '
                   f'stroke-opacity="0.25" stroke-dasharray="2 3"/>' for one in seen.events)


def _seconds(x, y):
    step = next(one for one in (5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 86_400) if x.seconds / one <= 20)
    return "".join(_text(x(second), y + 14, f"{second} s", "middle") for second in range(0, int(x.seconds) + 1, step))


def _ticks(most):
    step = 10 ** math.floor(math.log10(most))
    step = step / 2 if most / step < 3 else step
    return [step * number for number in range(int(most / step) + 1)]
