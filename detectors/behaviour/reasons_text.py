"""Why a window or an event was scored as it was, in short words for the scores file."""

import numpy as np

from detectors.behaviour.score_events import EventScores
from detectors.behaviour.score_windows import WindowScores
from soc.text import t

_MOST_REASONS = 3
_LONGEST_WORD = 60
#: a weight below this explains nothing
_LEAST_WEIGHT = 1.0


class WindowReasons:
    """Explains the first ``count`` windows; built once, called per window."""

    def __init__(self, scored: WindowScores, count: int) -> None:
        self._scored = scored
        self._bounds = [np.searchsorted(one.counts.windows, np.arange(count + 1)) for one in scored.evidence]

    def __call__(self, index: int) -> str:
        """Return the strongest reasons of one window, joined."""
        found = sorted(self._words(index) + self._amounts(index), reverse=True)
        return "; ".join(text for _, text in found[:_MOST_REASONS])

    def _words(self, index: int) -> list[tuple[float, str]]:
        found = []
        for bounds, one in zip(self._bounds, self._scored.evidence, strict=True):
            place = slice(int(bounds[index]), int(bounds[index + 1]))
            weights = one.by_event[place]
            for at in np.argsort(-weights)[:_MOST_REASONS]:
                if weights[at] >= _LEAST_WEIGHT:
                    word = one.counts.field.words[int(one.counts.words[place][at])][:_LONGEST_WORD]
                    count = int(one.counts.counts[place][at])
                    text = t("behaviour.evaluate.unusual_word", field=one.counts.field.name, word=word, times=count)
                    found.append((float(weights[at]), text))
        return found

    def _amounts(self, index: int) -> list[tuple[float, str]]:
        row = self._scored.deviating[index]
        return [
            (
                float(row[at]),
                t("behaviour.evaluate.unusual_amount", name=self._scored.amount_names[at], z=float(row[at])),
            )
            for at in np.argsort(-row)[:1]
            if row[at] >= 3.5
        ]


def event_reasons(scored: EventScores, index: int) -> str:
    """Return the strongest reasons of one event, joined."""
    found = [
        (float(scored.tails[index, at]), _figure(scored, index, int(at)))
        for at in np.argsort(-scored.tails[index])[:_MOST_REASONS]
    ] + [
        (float(scored.surprises[index, at]), t("behaviour.evaluate.rare_word", field=scored.word_fields[at].name))
        for at in np.argsort(-scored.surprises[index])[:_MOST_REASONS]
    ]
    return "; ".join(text for weight, text in sorted(found, reverse=True)[:_MOST_REASONS] if weight >= 3.0)


def _figure(scored: EventScores, index: int, at: int) -> str:
    share = float(np.exp(-scored.tails[index, at]))
    value = float(scored.figures[index, at])
    return t("behaviour.evaluate.unusual_figure", field=scored.figure_fields[at].name, value=value, share=share)
