"""How the figures come about, what they do not say, and the policy values that this run was made with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.report.site.addresses import HOME, METHOD
from pipelines.report.site.material import Material, grouped
from pipelines.report.site.page import Page
from pipelines.report.site.words import t
from pipelines.report.words import EVIDENCE_MARKS, FINDING_STATES, PARTS, STANDING_MARKS, STATES

#: Paragraphs of each section, by the ends of their words' keys.
METHODS = ("rate", "coverage", "range", "scope", "exposure", "class", "level", "headroom", "date", "rounding")
LIMITS = ("audit", "unverified", "received", "outside", "boundaries", "alone")
_POLICIES = """
select p.policy_id, p.key, p.value, r.title
from ref_rules__policy as p
left join ref_rules__rules as r on r.rule_id = p.policy_id
order by p.policy_id, p.key
"""


def method_pages(material: Material) -> Iterator[Page]:
    """One page."""
    yield Page(METHOD, t("nav.method"), HOME, "site/method.html.j2", lambda: _content(material))


def _content(material: Material) -> Mapping[str, Any]:
    return {
        "methods": METHODS,
        "limits": LIMITS,
        "marks": (
            ("method.parts", "part", PARTS),
            ("method.states", "state", STATES),
            ("method.evidence", "evidence", EVIDENCE_MARKS),
            ("method.standings", "stands", STANDING_MARKS),
            ("method.findings", "finding", FINDING_STATES),
        ),
        "policies": grouped(material.read(_POLICIES), "policy_id"),
    }
