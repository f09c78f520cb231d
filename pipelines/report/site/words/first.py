"""Words of what to look at first, and of the one file for mail."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "first": ("What to look at first", "先看什么"),
    "first.loans": ("Correct {0} loans without a usable amount", "更正 {0} 笔金额不可用的贷款"),
    "first.loans.one": ("Correct 1 loan without a usable amount", "更正 1 笔金额不可用的贷款"),
    "first.loans.why": ("They stand in no figure:", "它们不计入任何数字："),
    "first.errors": ("Mend what could not be computed at {0} plants", "修正 {0} 家工厂无法计算之处"),
    "first.errors.one": ("Mend what could not be computed at 1 plant", "修正 1 家工厂无法计算之处"),
    "first.overdue": ("{0} findings are past their day to mend", "{0} 项发现已过整改期限"),
    "first.overdue.one": ("1 finding is past its day to mend", "1 项发现已过整改期限"),
    "first.binding": ("See to {0} findings not closed", "处理 {0} 项未关闭的发现"),
    "first.binding.one": ("See to 1 finding not closed", "处理 1 项未关闭的发现"),
    "first.new": ("new or back again: {0}", "新增或重现：{0}"),
    "first.next": ("the first is to be mended by {0}", "最早的整改期限为 {0}"),
    "first.expiring": ("{0} waivers of findings end within 30 days", "{0} 项发现的豁免将在 30 天内到期"),
    "first.expiring.one": ("1 waiver of a finding ends within 30 days", "1 项发现的豁免将在 30 天内到期"),
    "first.review": ("Review {0} plants that are not green", "复核 {0} 家非绿色工厂"),
    "first.review.one": ("Review 1 plant that is not green", "复核 1 家非绿色工厂"),
    "first.ask": ("Ask for data on the plants of {0} loans", "索取 {0} 笔贷款背后工厂的数据"),
    "first.ask.one": ("Ask for data on the plants of 1 loan", "索取 1 笔贷款背后工厂的数据"),
    "first.name": ("Name the plant behind {0} loans", "指明 {0} 笔贷款背后的工厂"),
    "first.name.one": ("Name the plant behind 1 loan", "指明 1 笔贷款背后的工厂"),
    "first.largest": ("The largest:", "最大者："),
    "first.heaviest": ("heaviest open indicators", "权重最大的未知指标"),
    "first.more": ("and {0} more", "另有 {0} 项"),
    "first.nothing": ("Nothing asks for attention.", "没有需要处理的事项。"),
    "mail.links": (
        "One file for mail: all of the overview stands here. Links lead to the pages in the folder site/ beside it; mailed alone, they lead nowhere.",
        "可单独邮寄的文件：总览全部在此。链接指向同一文件夹中的 site/ 页面；单独邮寄时链接无效。",
    ),
    "mail.marks": ("What the marks mean", "标记含义"),
    "mail.received": ("Data received", "收到的数据"),
    "mail.silent": ("{0} files brought no rows. Silence is not “nothing to report”.", "{0} 个文件没有数据行。无数据不等于“无异常”。"),
    "mail.silent.one": ("1 file brought no rows. Silence is not “nothing to report”.", "1 个文件没有数据行。无数据不等于“无异常”。"),
    "mail.amounts": ("Amounts in {0}", "金额单位：{0}"),
}
