"""The catalogue of words: every key in both languages, once, with the same blanks; formats by language."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

from pipelines.report.site import formats
from pipelines.report.site.names import Names
from pipelines.report.site.words import CODES, OF_SCRIPTS, PARTS, WORDS, Text, catalogue_script, counted, t
from pipelines.report.site.words.actions import ACTIONS
from pipelines.report.site.words.reasons import REASONS
from pipelines.rulebook.load import load_rulebook
from pipelines.settings import RULES_FOLDER

TEMPLATES = Path(__file__).parents[3] / "pipelines" / "report" / "templates" / "site"
PAGES = Path(__file__).parents[3] / "pipelines" / "report" / "site"
BLANK = re.compile(r"\{\d\}")
#: Words that are the same in both languages: names and signs.
SAME = re.compile(r"[A-Z0-9 .,:%()/²–{}-]*")


def test_a_key_stands_in_one_part_of_the_catalogue_only() -> None:
    keys = [key for part in PARTS for key in part]
    assert sorted(keys) == sorted(set(keys))
    files = {path.stem for path in (PAGES / "words").glob("*.py")} - {"__init__", "reasons", "actions"}
    assert len(files) == len(PARTS), "a file of words is not in PARTS"


def test_a_word_has_both_languages_and_the_same_blanks_in_them() -> None:
    for key, (english, chinese) in WORDS.items():
        assert english.strip(), key
        assert chinese.strip(), key
        assert sorted(BLANK.findall(english)) == sorted(BLANK.findall(chinese)), key
        is_chinese = re.search(r"[\u4e00-\u9fff]", chinese)
        assert is_chinese or SAME.fullmatch(english) or key == "switch_language", f"{key}: no Chinese sign in it"


def test_every_reason_code_of_the_library_has_chinese_words() -> None:
    codes = set(load_rulebook(RULES_FOLDER).reason_codes)
    assert codes == set(REASONS) == set(ACTIONS)


def test_every_indicator_of_the_library_has_its_own_title_and_a_chinese_one() -> None:
    titles = {f"indicator_title.{indicator.indicator_id}": indicator.title for indicator in load_rulebook(RULES_FOLDER).indicators.values()}
    assert {key: words[0] for key, words in WORDS.items() if key.startswith("indicator_title.")} == titles
    assert Names.indicator("nox_concentration", "NOx as somebody else calls it") == "NOx as somebody else calls it"


def test_templates_and_pages_use_only_words_of_the_catalogue() -> None:
    used = re.compile(r"""(?:(?:\bt|counted|head|dt|term|amount)\(\s*|h2\("[\w-]+", |heading\(book, )["']([a-z_A-Z.0-9]+)["']""")
    files = [*TEMPLATES.glob("*.j2"), *PAGES.glob("*.py")]
    found = {(path.name, key) for path in files for key in used.findall(path.read_text(encoding="utf-8"))}
    assert {(name, key) for name, key in found if key not in {*WORDS, "key"} and not key.endswith(".")} == set()


def test_every_word_of_the_catalogue_has_a_reader() -> None:
    """By its key, or by a code of its kind."""
    package = PAGES.parents[1]
    files = [path for path in package.rglob("*") if path.suffix in (".py", ".j2", ".js") and path.parent.name != "words"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    kinds = set(re.findall(r'''(?:\bof|coded|told)\(\s*"([a-z_.]+)"''', text))
    kinds |= set(re.findall(r"""f"([a-z_.]+)\.\{""", text)) | set(re.findall(r""""([a-z_.]+)\." ~""", text))
    unread = [key for key in WORDS if f'"{key.removesuffix(".one")}"' not in text and f"'{key}'" not in text]
    assert [key for key in unread if not any(key.startswith(f"{kind}.") for kind in kinds)] == []


def test_a_word_prints_its_key_and_a_filled_one_its_chinese_form() -> None:
    assert t("state.PASS").__html__() == f"<span data-w={CODES['state.PASS']}>pass</span>"
    filled = t("rule.since", formats.day(date(2026, 6, 30)))
    assert filled.__html__() == '<span data-zh="自 2026年6月30日 起">since 30 Jun 2026</span>'
    assert Text("<b>", "<b>").__html__() == "&lt;b&gt;"


def test_numbers_money_and_dates_follow_the_language() -> None:
    assert str(formats.percent(0.625)) == "62.5%"
    assert formats.percent(0.99999) == t("over_percent", "99.9")
    assert formats.percent(None) == "–"
    assert formats.money(1_420_000_000) == Text("1.42 billion", "14.2 亿")
    assert formats.money(84_200_000) == Text("84.2 million", "8,420 万")
    assert formats.money(912) == "912"
    assert formats.day(date(2026, 6, 3)).__html__() == "<time datetime=2026-06-03>3 Jun 2026</time>"  # type: ignore[union-attr]
    assert formats.month(date(2026, 6, 1)) == Text("Jun 2026", "2026年6月")


def test_the_script_of_words_is_the_same_twice_and_holds_every_word_without_blanks() -> None:
    script = catalogue_script()
    assert script == catalogue_script()
    chinese = json.loads(script.removeprefix("window.greenCapacityWords=").removesuffix(";\n"))
    assert all(chinese[CODES[key]] == words for key, (_, words) in WORDS.items() if "{" not in words)
    assert len(set(CODES.values())) == len(CODES)


def test_words_that_scripts_put_into_a_page_are_found_by_their_keys() -> None:
    scripts = "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in ("site.js", "rows.js"))
    asked = set(re.findall(r'"data-w", "([a-z._]+)"\)', scripts)) | set(re.findall(r'\["\w+", "([a-z_]+)", "[^"]+"\]', scripts))
    assert asked >= {"filter", "print", "switch_language"}
    assert asked == set(OF_SCRIPTS)


def test_one_of_a_thing_is_not_many() -> None:
    assert str(counted("first.review", 1)) == "Review 1 plant that is not green"
    assert str(counted("first.review", 1200)) == "Review 1,200 plants that are not green"
