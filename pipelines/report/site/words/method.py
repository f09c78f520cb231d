"""Words of the page on method and limits."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "method.how": ("How the figures come about", "数字如何得出"),
    "method.limits": ("What they do not say", "这些数字不说明什么"),
    "method.words": ("What the words and signs mean", "词语与符号的含义"),
    "method.parts": ("Classes of plants, parts of the headline", "工厂类别与总览分项"),
    "method.states": ("Verdicts of rules", "规则判定"),
    "method.evidence": ("Evidence of rules", "规则的核对程度"),
    "method.standings": ("What the failure of a rule means at a plant", "规则不合格对工厂的含义"),
    "method.findings": ("States of findings", "发现项状态"),
    "method.policy": ("Policy values of this run", "本次运行采用的政策参数"),
    "method.policy.how": (
        "A bank can change them; each stands in a file of its own in rules/policy with an owner and a reason.",
        "银行可自行调整；每项参数在 rules/policy 中有单独文件，注明负责人和理由。",
    ),
    "policy.key": ("Value of", "参数"),
    "policy.value": ("Is", "取值"),
    "method.rate": (
        "Green of assessed = green ÷ (green + transition + not green), by exposure.",
        "已评估中的绿色占比 = 绿色 ÷（绿色 + 转型 + 非绿色），按敞口计算。",
    ),
    "method.coverage": (
        "Coverage = (green + transition + not green) ÷ exposure in scope. Below 80% read the range, not the rate.",
        "覆盖率 =（绿色 + 转型 + 非绿色）÷ 范围内敞口。低于 80% 时应看区间而非占比。",
    ),
    "method.range": (
        "Lowest possible share = green ÷ scope, if everything unknown fails; highest = (green + unknown + unmatched) ÷ scope, if all of it "
        "turns out green.",
        "可能的最低占比 = 绿色 ÷ 范围内敞口（未知全部不合格）；最高占比 =（绿色 + 未知 + 未匹配）÷ 范围内敞口（未知全部为绿色）。",
    ),
    "method.scope": (
        "In scope are loans to cement, steel and flat glass that are not closed and whose amount could be converted. "
        "Others are counted apart.",
        "范围包括对水泥、钢铁和平板玻璃的未结清且金额可换算的贷款；其余单独列示。",
    ),
    "method.exposure": (
        "Exposure is the bank's own share of what is drawn, or of the commitment where the book knows nothing else. A "
        "loan that leads to several "
        "plants is divided by the given ratios, else by capacity.",
        "敞口为银行自身已提款份额；账册仅有承诺额时用承诺额。一笔贷款对应多家工厂时按给定比例、否则按产能分摊。",
    ),
    "method.class": (
        "A plant is not green with eliminated equipment, a failed binding rule or no index level; green at level I or "
        "II; transition at level "
        "III; unknown while what is missing can still change the answer.",
        "有淘汰设备、违反约束性规则或未达任何指数级别的工厂为非绿色；一级或二级为绿色；三级为转型；缺失数据仍可能改变结论时为未知。",
    ),
    "method.level": (
        "Levels are intervals: the worst and the best that a plant could reach given what is not known.",
        "级别为区间：在未知项之下工厂可能达到的最差与最好级别。",
    ),
    "method.headroom": (
        "Headroom = (limit − value) ÷ |limit|, mirrored for minimum rules; negative is beyond the limit.",
        "裕度 =（限值 − 数值）÷ |限值|，下限规则取反；负值表示超出限值。",
    ),
    "method.date": (
        "Each measurement is judged by the value of the rule that was in force on its date, averaged and normalised as the rule says.",
        "每个测量值按其日期当时有效的限值评判，并按规则要求取平均和折算。",
    ),
    "method.rounding": (
        "Percentages of one bar are rounded so that they add up to 100. Amounts are converted at the rate named in the "
        "tables; a missing rate is an "
        "error of that loan, never 1.",
        "同一条形图的百分比经舍入后合计为 100。金额按表中注明的汇率换算；缺失汇率视为该笔贷款的错误，绝不按 1 计。",
    ),
    "limits.audit": (
        "Plants are measured against rules. This is no audit opinion, and a level of the index is no certificate.",
        "本系统按规则衡量工厂，不是审计意见，指数级别也不是认证。",
    ),
    "limits.unverified": (
        "A rule that nobody has checked against its printed text decides nothing; what it would say is shown beside the headline.",
        "未对照原文核对的规则不作判定依据；其可能的影响在总览旁另行列示。",
    ),
    "limits.received": (
        "Only what was received is judged. Values of operators are taken as sent; patterns that a verifier would look "
        "at are shown and change no verdict.",
        "仅评判已收到的数据。企业报送值按原样采用；可疑模式会列示，但不改变判定。",
    ),
    "limits.outside": (
        "Dust, sulphur and nitrogen oxides, heavy metals, energy, water, carbon and equipment are covered; "
        "biodiversity, safety at work and noise are not.",
        "涵盖颗粒物、硫和氮氧化物、重金属、能源、水、碳和设备；不涵盖生物多样性、职业安全和噪声。",
    ),
    "limits.boundaries": (
        "Portfolios are not added up: one loan can stand in several books, and amounts can have different bases.",
        "各组合不相加：同一贷款可出现在多个账册，金额口径也可能不同。",
    ),
    "limits.alone": (
        "A figure without its coverage and range is not to be quoted.",
        "引用数字时必须同时给出覆盖率和区间。",
    ),
    "meaning.part.green": (
        "Plants at level I or II, without eliminated equipment and failed binding rules.",
        "一级或二级，无淘汰设备，未违反约束性规则。",
    ),
    "meaning.part.transition": (
        "Plants at level III, without eliminated equipment and failed binding rules.",
        "三级，无淘汰设备，未违反约束性规则。",
    ),
    "meaning.part.not_green": (
        "Eliminated equipment, a failed binding rule, or below level III.",
        "有淘汰设备、违反约束性规则或低于三级。",
    ),
    "meaning.part.unknown": ("The class still depends on data that nobody has sent.", "类别仍取决于尚未收到的数据。"),
    "meaning.part.unmatched": ("No plant could be found for the loan.", "贷款未找到对应工厂。"),
    "meaning.state.FAIL": ("Enough valid data, and the rule does not hold.", "有效数据充分，不满足规则。"),
    "meaning.state.ERROR": ("Could not be computed; the missing input is named. Unknown.", "无法计算，已注明缺失输入。视为未知。"),
    "meaning.state.NO_DATA": ("No value, or too few valid values for the rule. Unknown.", "无数据或有效数据不足。视为未知。"),
    "meaning.state.INDETERMINATE": (
        "Only an estimate, or the limit lies within the uncertainty. Unknown.",
        "仅有估计值，或限值处于不确定度之内。视为未知。",
    ),
    "meaning.state.PASS": ("Enough valid data, and the rule holds.", "有效数据充分，满足规则。"),
    "meaning.state.NOT_APPLICABLE": ("The rule does not cover this plant, unit, size or date.", "规则不适用于该工厂、机组、规模或日期。"),
    "meaning.evidence.printed_text": ("Read in the printed text of the instrument.", "已对照文件原文。"),
    "meaning.evidence.secondary": ("Read in a text about the instrument.", "见于有关该文件的其他资料。"),
    "meaning.evidence.unverified": ("Nobody has checked it against a text; it decides nothing.", "未经核对，不作判定依据。"),
    "meaning.stands.binding": (
        "Law of the country, or a must of the lender’s standard, and verified: such a plant is not green.",
        "所在国法律或贷款人标准的“必须”类要求，且已核实：该工厂即非绿色。",
    ),
    "meaning.stands.elimination": (
        "A verified prohibition of eliminated equipment: law in China only, and not green wherever it stands.",
        "已核实的淘汰设备禁令：仅在中国具法律效力，但无论位于何处均非绿色。",
    ),
    "meaning.stands.awaiting_verification": (
        "It would be one of the two, were the rule checked against its text; until then it decides nothing.",
        "规则经与原文核对后将属上述两类之一；在此之前不作判定依据。",
    ),
    "meaning.stands.comparison": (
        "Neither, verified or not: a benchmark, a target, a limit of another country, or one – of a lender too – that says should and not must. It counts in the "
        "index alone; whether anybody has checked it against its text stands under its evidence.",
        "无论核实与否均不属上述两类：基准、目标、他国限值，或“应当”而非“必须”类限值（包括贷款人的）。仅计入指数；是否已与原文核对见其核对程度。",
    ),
    "meaning.finding.OPEN": ("The rule fails and nobody has said anything yet.", "规则不满足，尚无人处理。"),
    "meaning.finding.ACKNOWLEDGED": ("Somebody has seen it and answers for it.", "已有人知悉并负责。"),
    "meaning.finding.IN_REMEDIATION": ("A remedy is agreed, with the day it is due.", "已商定整改及期限。"),
    "meaning.finding.PENDING_CHECK": (
        "Said to be mended, or the last period that is over passes; the whole window does not show it yet. With a day: that of the run which closes it, if no "
        "period fails until then; nothing is due meanwhile.",
        "据称已整改，或最近一期满足；整个评判期尚未证实。附日期者：其间无不合格时段则于该日关闭，期间无须整改。",
    ),
    "meaning.finding.REOPENED": ("It failed again, or its waiver ended.", "再次不满足或豁免到期。"),
    "meaning.finding.WAIVED": ("It fails, and a waiver holds on the as-of day.", "不满足，但截至当日豁免有效。"),
    "meaning.finding.FALSE_POSITIVE": ("One person disputed it and another confirmed.", "一人提出异议并经另一人确认。"),
    "meaning.finding.CLOSED": ("The whole window passes, with data.", "整个评判期有数据且满足。"),
    "meaning.finding.CLOSED_RULE_RETIRED": ("Its rule is no longer in force; nobody says it is mended.", "规则已不再有效，不表示已整改。"),
    "meaning.finding.CLOSED_OUT_OF_SERVICE": (
        "It is retired, and judged no more.",
        "已退役，不再评判。",
    ),
}
