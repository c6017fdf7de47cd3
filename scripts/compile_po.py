"""locale/**/*.po → .mo without the gettext programs. Fuzzy and empty entries are left out."""

import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    for source in sorted((ROOT / "locale").rglob("*.po")):
        try:
            catalogue = polib.pofile(str(source), encoding="utf-8", check_for_duplicates=True)
        except (OSError, ValueError) as error:
            print(f"{source.relative_to(ROOT)}: {error}", file=sys.stderr)
            return 1
        # Written beside and moved, so that a server never reads half a catalogue.
        half = source.with_suffix(".mo.half")
        catalogue.save_as_mofile(str(half))
        half.replace(source.with_suffix(".mo"))
        print(f"{source.relative_to(ROOT)}: {catalogue.percent_translated()} % of {len(catalogue)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
