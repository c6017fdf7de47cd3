"""PDF/UA-1 (ISO 14289-1) by a validator not ours: veraPDF. Mark the test with pango and verapdf."""

import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

from tests import needs

CLI = "org.verapdf.apps.GreenfieldCliWrapper"


def faults(folder: Path, *documents: bytes) -> list[str]:
    """What goes against the standard: clause, rule, and the first place. The folder is for use."""
    files = [folder / f"{number}.pdf" for number, _ in enumerate(documents)]
    for file, document in zip(files, documents, strict=True):
        file.write_bytes(document)
    done = subprocess.run(
        [
            "java",
            "-cp",
            str(needs.verapdf()),
            CLI,
            "-f",
            "ua1",
            "--format",
            "xml",
            *map(str, files),
        ],
        capture_output=True,
        check=False,
        timeout=120,
    )
    report = ET.fromstring(done.stdout)
    checked = report.findall(".//validationReport")
    assert len(checked) == len(documents), done.stderr.decode()
    found = [
        f"{rule.get('clause')} {rule.findtext('description')} {rule.findtext('.//errorMessage')}"
        for rule in report.iterfind(".//rule[@status='failed']")
    ]
    assert found or all(one.get("isCompliant") == "true" for one in checked)
    return found
