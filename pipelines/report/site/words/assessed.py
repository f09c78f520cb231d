"""Words of the pages of a self-assessment."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "assess.title": ("Self-assessment of the plants", "工厂自评"),
    "assess.intro": (
        "Judged by the same rules and sums as the plants behind a loan, but without any loan. "
        "What is not known counts neither as met nor as missed.",
        "与贷款所涉工厂采用同样的规则与计算，但不涉及任何贷款。未知项既不算达标，也不算不达标。",
    ),
    "assess.own_folder": (
        "Each plant has a folder of its own below plants/, which can be handed over alone: it says nothing of the other plants.",
        "每个工厂在 plants/ 下有自己的文件夹，可单独转交：其中不含其他工厂的任何信息。",
    ),
    "assess.full": ("Every unit, month, indicator and source row of this plant", "本厂全部设备、月份、指标与原始记录"),
    "assess.class": ("Class", "类别"),
    "assess.class_possible": ("Class if every unknown passed or failed", "未知项全部达标或全部不达标时的类别"),
    "assess.level": ("Index level", "指数等级"),
    "assess.score": ("Index score Y II", "指数得分 Y II"),
    "assess.any_score": ("Score", "得分"),
    "assess.rules_wait": ("rules that wait for it: {0}", "等待该数据的规则数：{0}"),
    "assess.points": ("{0} to {1} of 100", "{0} 至 {1}（满分 100）"),
    "assess.legal": ("Binding rules", "约束性规则"),
    "assess.equipment": ("Eliminated equipment", "淘汰类设备"),
    "assess.capacity": ("Capacity", "产能"),
    "assess.index": ("The index, level by level", "逐级看指数"),
    "assess.needed": ("Needed", "需要"),
    "assess.answer": ("Answer", "结论"),
    "assess.instruments": ("Whose limits it meets", "达到谁的限值"),
    "assess.instruments_why": (
        "Every regime that speaks about this plant, law of its country or not. Met: all its rules are met in every period and checked "
        "against their text. Missed: a checked rule is missed. Else not known.",
        "适用于本厂的每一套规范，无论是否为所在国法律。达标：其全部规则在每个时段均达标且规则已与原文核对。不达标：有一项已核对的规则不达标。其余为未知。",
    ),
    "assess.regime": ("Regime", "规范"),
    "assess.met": ("Met", "达标"),
    "assess.missed": ("Missed", "不达标"),
    "assess.not_known": ("Not known", "未知"),
    "assess.awaiting": ("Of all, not yet checked against the print", "其中尚未与原文核对"),
    "assess.binds": ("binds this plant", "对本厂有约束力"),
    "assess.rulers": ("Every regime on one ruler", "一把尺子看各套限值"),
    "assess.rulers_why": (
        "Each line is a scale from 0: upright strokes are limits, strictest first in the list, the heavy one is the effective limit, the "
        "dot the worst value measured. Lines of one card have the same scale but another basis (averaging, oxygen, states left out), so "
        "that only limits of one line compare.",
        "每条线是从 0 起的刻度：竖线为限值（下表由严到宽），粗线为生效限值，圆点为实测最差值。"
        "同一卡片中各线刻度相同而口径不同（平均时段、氧含量、剔除工况），只有同一条线上的限值可以相比。",
    ),
    "assess.less": ("less is better", "越低越好"),
    "assess.more": ("more is better", "越高越好"),
    "assess.measured": ("measured {0}", "实测 {0}"),
    "assess.no_value": ("no value", "无实测值"),
    "assess.effective": ("effective limit", "生效限值"),
    "assess.no_number": ("no number: an input is missing", "无数值：缺少输入"),
    "assess.no_rulers": ("No limit with a number applies to what is known of this plant.", "就已知信息而言，没有数值限值适用于本厂。"),
    "assess.without_value": ("Indicators and places with limits but no value yet: {0}", "有限值但尚无数值的指标与位置数：{0}"),
    "assess.missing": ("What is missing", "缺少什么"),
    "assess.missing_index": ("Heaviest indicators of the index without data", "指数中缺数据且权重最大的指标"),
    "assess.missing_rules": ("What the rules wait for, by reason", "规则所缺的数据（按原因）"),
    "assess.nothing_missing": ("No rule that applies lacks data.", "适用的规则均不缺数据。"),
    "assess.index_points": ("{0} points", "{0} 分"),
    "assess.lift": ("What would lift the level", "怎样提升等级"),
    "assess.lift_green": ("The fewest measures found that make this plant green", "使本厂成为绿色的最少措施"),
    "assess.lift_counts": (
        "Measures: {0}; of them only a figure to supply, which then has to meet its limit: {1}",
        "措施数：{0}；其中只需提供数据（且数据须达标）：{1}",
    ),
    "assess.lift_none": ("No measure at this plant alone makes it green today", "目前仅凭本厂措施不能使其成为绿色"),
    "assess.is_green": ("The plant is green.", "本厂为绿色。"),
    "assess.lift_missed": ("Heaviest indicators of the index not met at any level", "各级均未达到且权重最大的指标"),
    "assess.lift_awaiting": (
        "Heaviest indicators that wait for a rule to be checked against its text, not for data",
        "等待规则与原文核对（而非缺数据）且权重最大的指标",
    ),
    "assess.failing": ("What fails or could not be decided", "不达标或无法判定的项目"),
    "assess.nothing_failing": ("No rule that says must or should is known to fail here.", "没有已知不达标的“必须”或“应当”类规则。"),
    "assess.measured_head": ("Measured", "实测"),
    "assess.benchmark": ("Benchmark", "行业对标"),
    "assess.benchmark_why": (
        "Means of at least five plants of at least five companies, three significant digits, no extremes and no quantiles. The halves are "
        "shown where each of them holds five plants of five companies.",
        "均为至少五家公司的至少五座工厂的平均值，保留三位有效数字，不列极值与分位数。只有当两半各含五家公司的五座工厂时才显示两半的平均值。",
    ),
    "assess.benchmark_none": (
        "Nothing can be shown: no indicator has values of five plants of five companies.",
        "无可显示：没有一项指标有五家公司的五座工厂的数值。",
    ),
    "assess.withheld": ("Figures withheld because fewer stand behind them: {0}", "因工厂或公司不足而不显示的指标数：{0}"),
    "assess.place": ("Place", "名次"),
    "assess.place_of": ("{0} of {1}", "第 {0} / {1}"),
    "assess.this_plant": ("This plant", "本厂"),
    "assess.mean": ("Mean", "平均"),
    "assess.better": ("Mean of the better half", "较好一半的平均"),
    "assess.weaker": ("Mean of the weaker half", "较差一半的平均"),
    "assess.kind_of_unit": ("Kind of unit", "设备类型"),
    "assess.rules": ("Rules that judged this plant", "评判本厂的规则"),
    "assess.citation": ("Citation", "出处"),
}
