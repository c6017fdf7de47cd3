"""Our modules must not hide a library's."""

import sys

from core.checks import check_shadowing, hidden_modules


def test_no_module_of_ours_hides_a_library():
    assert check_shadowing() == []


def test_hidden_modules_names_a_file_that_hides_a_library(tmp_path):
    (tmp_path / "csp.py").touch()
    (tmp_path / "ours.py").touch()
    (tmp_path / "json").mkdir()
    (tmp_path / "json" / "__init__.py").touch()
    (tmp_path / "rules").mkdir()  # a folder that is no package hides nothing
    assert hidden_modules(tmp_path, sys.path) == ["csp", "json"]
