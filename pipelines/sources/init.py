"""A new landing folder: templates, examples, and a README that says what to do with them (`greencap init DIR`)."""

from __future__ import annotations

from pathlib import Path

from pipelines.errors import WrongUseError
from pipelines.sources.formats import FORMATS
from pipelines.sources.schemas import format_model, template_csv

TEMPLATES = "_templates"
EXAMPLES = "_examples"
#: One coherent filled example: a small bank, three borrowers, three plants; invented, and its ids link up.
_FILLED = Path(__file__).parent / "examples"
_README = """# Landing folder

Put received files here, as they come: CSV, XLSX or Parquet, in sub-folders if you like. A file is recognised by its header,
not by its name. Folders that begin with `_`, this README and .md, .txt, .pdf, .html and .json files are passed over.

- `{templates}/` has the header of each format: fill a copy and put it beside this README.
- `{examples}/` has one filled example of each. They fit together: copy all of them here, and `greencap run --landing` this folder
  gives a first scorecard.
- `{examples}/data_labels.csv` says that everything in this folder is invented, and every page shows it: leave it out when you put
  real rows here.

| format | one row is |
|---|---|
{rows}

Needed for a scorecard: `loans` and `plants`, and `fx_rates` for every currency but USD. Everything else makes fewer things unknown.
Files of public sources (Global Energy Monitor, AidData, IFC, Hotmaps, PACTA) can be put here unchanged.
"""


def write_landing_folder(folder: Path) -> list[Path]:
    """Write what is lacking of `_templates/`, `_examples/` and `README.md`; nothing that exists is touched.

    Returns:
        The files written, in order; none when the folder lacked nothing.

    Raises:
        WrongUseError: The path is a file, or a folder with other things in it that no `greencap init` has made.
    """
    _refuse_foreign(folder)
    written = []
    for path, text in _contents(folder).items():
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
            written.append(path)
    return written


def _refuse_foreign(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise WrongUseError(f"{folder}: is a file; name a folder that is empty or does not exist yet")
    is_ours = (folder / TEMPLATES).is_dir() or (folder / EXAMPLES).is_dir()
    if folder.is_dir() and any(folder.iterdir()) and not is_ours:
        raise WrongUseError(f"{folder}: is not empty and no landing folder of `greencap init`; name an empty folder or a new one")


def _contents(folder: Path) -> dict[Path, str]:
    templates = {folder / TEMPLATES / f"{name}.csv": template_csv(name) for name in FORMATS}
    examples = {folder / EXAMPLES / f"{name}.csv": (_FILLED / f"{name}.csv").read_text(encoding="utf-8") for name in FORMATS}
    return {folder / "README.md": _readme()} | templates | examples


def _readme() -> str:
    rows = "\n".join(f"| `{name}` | {' '.join((format_model(name).__doc__ or '').split())} |" for name in FORMATS)
    return _README.format(templates=TEMPLATES, examples=EXAMPLES, rows=rows)
