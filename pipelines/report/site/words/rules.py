"""Words of the pages of rules."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "rules.how": (
        "Every rule says what its instrument demands, where that is written, and who has checked it against the text. "
        "A rule that nobody has "
        "checked decides nothing. Titles, clauses and formulas stand in one language on all pages, as the rule library has them.",
        "每条规则都说明其依据文件的要求、出处以及由谁对照原文核对。未经核对的规则不作为判定依据。规则标题、条款与公式在各页均按规则库原文列示。",
    ),
    "rules.judged": ("{0} of {1} rules had something to judge in this run.", "{1} 条规则中有 {0} 条在本次运行中参与评判。"),
    "search.rules": ("rule, instrument", "规则、依据文件"),
    "instruments": ("Instruments", "依据文件一览"),
    "instrument": ("Instrument", "依据文件"),
    "rule.judged": ("Judged here", "本次参与评判"),
    "instrument.countries": ("In force in", "适用国家"),
    "instrument.count.one": ("1 rule", "1 条规则"),
    "instrument.count": ("{0} rules", "{0} 条规则"),
    "rule.citation": ("Where it is written", "出处"),
    "rule.layer": ("What it is", "性质"),
    "rule.scope": ("Whom it covers", "适用对象"),
    "rule.binds": ("Binds", "约束"),
    "rule.binds.count": ("{0} plants received", "所收 {0} 家工厂"),
    "rule.binds.count.one": ("1 plant received", "所收 1 家工厂"),
    "rule.binds.how": (
        "A rule of which nothing is said under “Binds” binds no plant received.",
        "未注明“约束”的规则对所收工厂均无约束力。",
    ),
    "rule.results": ("Verdicts of this run", "本次判定"),
    "rule.values": ("Values through time", "历次限值"),
    "rule.existing": ("existing plants from", "现有工厂自"),
    "rule.since": ("since {0}", "自 {0} 起"),
    "rule.not_now": ("not in force", "现不适用"),
    "rule.printed": ("printed as", "原文数值"),
    "rule.failing": ("Plants that fail it", "不满足的工厂"),
    "rule.more": ("and {0} more", "另有 {0} 家"),
    "rule.draft": ("draft: judged by nobody", "草案：不参与判定"),
    "rule.full": ("In full, with failing keys (Data Docs)", "全文及不合格记录 (Data Docs)"),
    "unknown_count": ("Unknown", "未知"),
    "fail_count": ("Fail", "不合格"),
    "pass_count": ("Pass", "合格"),
    "scope.new": ("new plants only", "仅新建"),
    "scope.existing": ("existing plants only", "仅现有"),
    "scope.from": ("built from {0}", "{0} 起建成"),
    "scope.before": ("built before {0}", "{0} 前建成"),
    "scope.all": ("all plants", "所有工厂"),
}
