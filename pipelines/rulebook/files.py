"""Rule files on disk: found, read as UTF-8, hashed, parsed. What they say is read elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pipelines.rulebook.fields import Section
from pipelines.rulebook.keys import Keys
from pipelines.rulebook.mistakes import Mistakes
from pipelines.rulebook.yaml_lines import Node, read_yaml

#: Word of a skeleton where something is still to be filled in.
TODO = "TODO"


@dataclass(frozen=True)
class RuleFile:
    """A parsed file. `path` is how messages and tables show it (`rules/…`); `sha256` is over the text with line endings normalised."""

    path: str
    sha256: str
    root: Node
    mistakes: Mistakes

    @property
    def stem(self) -> str:
        """File name without `.yaml`."""
        return Path(self.path).stem

    def section(self, keys: Keys | None) -> Section:
        """The whole file as one mapping."""
        return Section(self.root, keys, self.path, self.mistakes, line=1)


def shown_path(folder: Path, file: Path) -> str:
    """`rules/units.yaml` for a file in a rules folder of any name and place."""
    return (Path(folder.name or "rules") / file.relative_to(folder)).as_posix()


def read_rule_file(folder: Path, file: Path, mistakes: Mistakes) -> RuleFile | None:
    """A parsed file, or None with a mistake noted."""
    path = shown_path(folder, file)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        mistakes.add(path, 1, "the file is missing", "add it; docs/rule_files.md says what stands in it")
        return None
    except UnicodeDecodeError as error:
        mistakes.add(path, 1, f"not UTF-8 text (byte {error.start + 1})", "save the file as UTF-8")
        return None
    except OSError as error:
        mistakes.add(path, 1, f"cannot be read ({error.strerror})", "check that it is a readable file")
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    root = read_yaml(text, path, mistakes)
    return RuleFile(path, sha256(text.encode()).hexdigest(), root, mistakes) if root is not None else None


def unfilled_lines(folder: Path, shown: str) -> tuple[int, ...]:
    """Numbers of the lines of a file that still say TODO, in a value or in a comment. Args: shown: its path as messages show it."""
    lines = place_of(folder, shown).read_text(encoding="utf-8-sig").splitlines()
    return tuple(no for no, line in enumerate(lines, start=1) if TODO in line)


def place_of(folder: Path, shown: str) -> Path:
    """The file of a path as messages show it."""
    return folder / Path(*Path(shown).parts[1:])


def yaml_files(folder: Path, under: Path, mistakes: Mistakes) -> list[Path]:
    """All `.yaml` files under a folder, sorted; a file that ends in `.yml` or `.YAML` is noted as misnamed."""
    found = []
    for file in sorted(under.rglob("*")):
        if file.name.startswith(".") or not file.is_file():
            continue
        if file.suffix == ".yaml":
            found.append(file)
        elif file.suffix.lower() in (".yaml", ".yml"):
            mistakes.add(shown_path(folder, file), 1, f"the file ends in {file.suffix!r} and would not be read", "rename it to .yaml")
    return found
