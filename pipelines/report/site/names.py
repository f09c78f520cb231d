"""Words for codes of the data: countries, reasons, levels. What has no words of ours is shown as it was received."""

from __future__ import annotations

from pipelines.report.format import NULL
from pipelines.report.headline import Segment
from pipelines.report.scorecard import Row, Scorecard
from pipelines.report.site.words import WORDS, Text, t, told
from pipelines.report.site.words.actions import ACTIONS
from pipelines.report.site.words.reasons import REASONS
from pipelines.report.words import EVIDENCE_MARKS, GAPS, PARTS, STATES, Mark, plain

#: Title of an indicator → its key in the catalogue.
_TITLES = {english: key for key, (english, _) in WORDS.items() if key.startswith("indicator_title.")}


class Names:
    """Names that depend on the run: countries as received, reasons as the rule library words them."""

    def __init__(self, scorecard: Scorecard) -> None:
        self._countries = scorecard.country_names
        self._reasons = scorecard.reason_words
        self._actions = scorecard.reason_actions
        self._inputs = scorecard.input_words

    def country(self, code: str | None) -> str:
        """Name of a country: as received, else as ISO 3166 has it, else its code."""
        import pycountry

        if not code or code in self._countries:
            return self._countries.get(code or "") or NULL
        found = pycountry.countries.get(alpha_3=code)
        return str(getattr(found, "common_name", found.name)) if found else code

    def reason(self, code: str | None) -> Text | str:
        """Words of a reason code; several codes with commas between them one by one."""
        if code is None:
            return NULL
        parts = [part.strip() for part in str(code).split(",")]
        key = f"reason.{code}" if code in REASONS else None
        english = [(self._reasons.get(part) or plain(part)).rstrip(".") for part in parts]
        return Text(", ".join(english), "；".join(REASONS.get(part, words) for part, words in zip(parts, english, strict=True)), key)

    def action(self, code: str | None) -> Text | str:
        """What to do about a reason; empty where nothing is."""
        english = self._actions.get(str(code), "")
        return Text(english, ACTIONS.get(str(code), english), f"action.{code}" if code in ACTIONS else None) if english else ""

    def detail(self, text: str | None) -> str:
        """What a reason says more: indicators of the library by their titles and the items they are made of, else its own words."""
        parts = str(text).split(", ")
        return "; ".join(self._inputs.get(part, part) for part in parts) if set(parts) & set(self._inputs) else plain(text)

    @staticmethod
    def gap_action(gap: str | None) -> Text:
        """What to do about a loan without an answer whose reason says nothing."""
        return t(f"gap.do.{gap if gap in GAPS else 'error'}")

    @staticmethod
    def indicator(indicator_id: str | None, title: str | None) -> Text | str:
        """Title of an indicator: in both languages where it is the library's own, else as it was received."""
        key = f"indicator_title.{indicator_id}"
        return t(key) if key in WORDS and title in (None, WORDS[key][0]) else str(title or indicator_id)

    @staticmethod
    def titled(title: str) -> Text | str:
        """A title, in both languages where it is that of an indicator of the library."""
        return t(_TITLES[title]) if title in _TITLES else title

    @staticmethod
    def metric(row: Row) -> Text | str:
        """What a covenant tests: the title of an indicator or rule, else the metric of the certificate in plain letters."""
        title = row["metric_title"]
        return Names.indicator(row["metric"], title) if title else plain(row["metric"])

    @staticmethod
    def value_kind(row: Row) -> Text | str:
        """Whether the value of a covenant was measured, reported, estimated or stated in the borrower's certificate."""
        return Names.of("value_kind", row["evidence_tier"] or row["value_source"])

    def bucket(self, dimension: str, bucket: str) -> Text | str:
        """Name of a bucket of exposure: a country, a sector, else as it stands."""
        if dimension == "country":
            return self.country(bucket)
        return self.of("sector", bucket) if dimension == "sector" else bucket

    @staticmethod
    def share(segment: Segment) -> Text | str:
        """The share of a part of the headline bar."""
        if segment.width > 0:
            return segment.text.replace(" %", "%")
        return t("none") if segment.text == "none" else t("under_percent", "0.1")

    @staticmethod
    def plain(code: str | None) -> str:
        """A code without a word of ours, in plain letters."""
        return plain(code) or NULL

    @staticmethod
    def told(kind: str, text: str | None) -> Text | str:
        """A sentence that the run's tables tell, in both languages."""
        return told(kind, text) if text else NULL

    @staticmethod
    def level_verdict(words: str) -> Text | str:
        """Whether the score of a level is reached, in both languages."""
        keys = {"score reached": "reached", "not stated": "not_stated"}
        return t(f"index.{keys.get(words) or ('out_of_reach' if words.startswith('out') else 'open')}")

    @staticmethod
    def marks(regimes: list[Row], measured: object) -> list[tuple[object, str]]:
        """Limits and the measured value as marks of a ruler; the one in effect is drawn last, above the others."""
        limits = sorted(regimes, key=lambda row: bool(row["is_effective"]))
        return [*((row["comparable_value"], "effective" if row["is_effective"] else "limit") for row in limits), (measured, "value")]

    @staticmethod
    def limits(verdicts: list[Row]) -> list[tuple[object, str]]:
        """Limits of verdicts on one value, and the value, as marks of a ruler."""
        return [*((row["limit_value"], "limit") for row in verdicts), (verdicts[0]["measured_value"], "value")]

    @staticmethod
    def of(kind: str, code: str | None) -> Text | str:
        """Word of a code in the catalogue, `of("sector", "cement")`; without one the code in plain letters."""
        key = f"{kind}.{code}"
        return t(key) if key in WORDS else (plain(code) or NULL)

    @staticmethod
    def mark(code: str | None) -> Mark:
        """Symbol and style of a verdict state or a part of the headline; an unknown code is shown as it is, never hidden."""
        return (STATES | PARTS).get(str(code)) or Mark(str(code), "?", plain(code) or "not stated", "unknown", "")

    @staticmethod
    def evidence_style(code: str | None) -> str:
        """Look of the evidence of a rule."""
        return EVIDENCE_MARKS[str(code)].style if code in EVIDENCE_MARKS else "unknown"

    @staticmethod
    def mark_word(code: str | None) -> Text | str:
        """The word beside that symbol."""
        return Names.of("state" if str(code) in STATES else "part", code)
