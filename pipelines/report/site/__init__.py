"""The static site of a run: pages that work from the file system, without a network, a server or an outside load.

How to add a kind of page (this is the whole contract):

1. a module of this package with one function `KIND_pages(material) -> Iterator[Page | Asset]`. It yields pages in a fixed order and
   computes nothing: numbers come from the marts (`material.scorecard`, `material.read(sql)`; every query with an `order by`).
   `Page.make` is called when the page is rendered, so only one page's rows are held at a time. An `Asset` is a file beside the
   pages, such as rows that a script reads: `Asset("findings.rows.js", text)`, or a function of all addresses instead of the text.
   More rows than a page should draw at once: a `Table` of `row_table.py` and the macro of `templates/site/row_table.html.j2`;
2. a template `templates/site/KIND.html.j2` that begins with `{% extends "site/frame.html.j2" %}` and fills the block `content`;
   it imports `{% import "site/macros.html.j2" as m with context %}`. It sees what `make` gave and the names of `frame.Frame.names`;
3. words in `words/KIND.py`: `WORDS = {"key": ("English", "简体中文")}`, added to the list in `words/__init__.py`. In a template
   `{{ t("key") }}`, with blanks `{{ t("key", number(3)) }}`, with a count `{{ counted("key", n) }}` (`key.one` for one of them). A text
   that is no word of ours (names, titles of rules) is printed as it is;
4. an entry in `registry.KINDS`: name, navigation word (None = not in the navigation), first address, function.

What the frame does: header (PROVISIONAL or FINAL, age of the data, run id, root hash), way back (from `Page.parent`), navigation,
language and light/dark switch, print, footer, `site.css`, `site.js`, `words.js`. Tables with `class="sortable"` get sorting by their
header cells (`data-s` on a cell is what it sorts by), and a search field when they also have `data-filter`.

What holds for every page: addresses come from `addresses.py` and are equal from night to night; a link is made with
`link(address, text)`, which prints the bare text when the run has no such page (no broken links by construction), to a file of the
run's folder with `out("csv/x.csv")`; equal runs give equal bytes (no clock, no random id, no set order); colour is never alone
(`m.state(code)`); every chart has a title, a description and a table of its figures; nothing is loaded from outside (the content
security policy forbids it), and there is no inline script and no `style=` attribute (drawings take presentation attributes).

To keep a site small, templates leave out the end tags of td, th, tr, li, dt and dd, which HTML allows, and the quotes around plain
values of attributes; words without blanks go by short codes; a cell, fact or heading that holds nothing but a word is made by `ui.td`,
`ui.dd` or `ui.h2`. What the rows of a page share (an instrument, a period, a formula) is told once on it.
"""
