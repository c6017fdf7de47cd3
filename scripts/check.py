"""make test: every check, then every test with a coverage gate. `make lint`: the checks alone.

    check.py [--no-tests | --tests-only] [--no-coverage] [arguments for pytest …]

Needs nothing but the hashed requirements. Tests that need a program that is not here (Chromium,
Redis, PostgreSQL, Voikko) are skipped, each with a line that says how to get it; with
TALKOOT_REQUIRE=all (CI) they fail instead.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from steps import PYTHON, ROOT, VAR, alone, install, main, say, translations

APPS = [
    *("core", "accounts", "challenges", "ideas", "scoring", "catalogue", "search", "cms"),
    *("demo", "config"),
]
# Where a state changes, a right is asked or a figure is made: nearly every branch is tried.
DOMAIN = (
    "*/actions.py,*/actions/*,*/queries.py,*/queries/*,*/rules.py,*/states.py,*/states/*,"
    "core/outbox.py,core/audit.py,core/tokens.py,core/multilingual.py,scoring/*,search/*"
)
DOMAIN_GATE = 95
TRIED_BY = {
    "elasticsearch": "*/search/elastic_*",
    "objects": "*/core/object_storage.py",
}  # code that only a service's tests can try
TOTAL_GATE = 85
CHECKS = {
    "ruff format": ["ruff", "format", "--check", "--quiet", "."],
    "ruff": ["ruff", "check", "--quiet", "."],
    "mypy": ["mypy", *APPS],
    "import-linter": ["importlinter.cli", "lint"],
    "migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
    "templates": ["djlint", "templates", "--lint", "--quiet"],
    "pip check": ["pip", "check", "--disable-pip-version-check"],
}


def environment() -> dict[str, str]:
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    own = ("DEMO", "DEBUG", "HOST", "PORT", "SITE_URL", "SECRET_KEY", "EMAIL_URL", "SEARCH_URL")
    for name in own:
        env.pop(name, None)  # the tests set what they need; a shell's leftovers must not matter
    env["TALKOOT_SERVICES"] = str(VAR / "services")
    env["TALKOOT_VAR"] = str(VAR / "test" if VAR == ROOT / "var" else VAR)
    return env


def command_of(words: list[str]) -> list[str]:
    if words[0] == "importlinter.cli":
        code = "import sys; from importlinter.cli import import_linter; sys.exit(import_linter())"
        return [str(PYTHON), "-c", code, *words[1:]]
    return [str(PYTHON), *([] if words[0].endswith(".py") else ["-m"]), *words]


def checked(name: str, env: dict[str, str]) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        command_of(CHECKS[name]),
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    good = done.returncode == 0
    say(f"{'good' if good else 'BAD '}  {name} ({time.monotonic() - began:.1f} s)")
    if not good:
        print("\n".join(f"       | {line}" for line in done.stdout.splitlines()[-60:]), flush=True)
    return good


def tested(arguments: list[str], env: dict[str, str], *, coverage: bool) -> tuple[bool, str]:
    """Run pytest on both cores; its closing line is handed back to stand last on the screen."""
    before = ["-m", "coverage", "run", "-m", "pytest"] if coverage else ["-m", "pytest"]
    if coverage:
        subprocess.run([PYTHON, "-m", "coverage", "erase"], cwd=ROOT, check=False)
    spread = [] if any(word.startswith("-n") for word in arguments) else ["-n", "2"]
    process = subprocess.Popen(
        [str(PYTHON), *before, *spread, "--dist", "loadfile", *arguments],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    closing = ""
    assert process.stdout is not None
    for line in process.stdout:
        print(line, end="", flush=True)
        if line.startswith("=") and " in " in line:
            closing = line.strip()
    return process.wait() == 0, closing


def covered(env: dict[str, str]) -> bool:
    """The gate: what changes state, asks rights or makes figures is tested branch by branch."""

    def report(*more: str) -> int:
        words = [str(PYTHON), "-m", "coverage", "report", "--skip-covered", *more]
        return subprocess.run(words, cwd=ROOT, env=env, check=False).returncode

    subprocess.run([PYTHON, "-m", "coverage", "combine", "--quiet"], cwd=ROOT, env=env, check=False)
    print(f"\nBranch coverage of everything (gate {TOTAL_GATE} %):")
    total = report(f"--fail-under={TOTAL_GATE}", "--sort=cover")
    print(f"\nBranch coverage of the domain (gate {DOMAIN_GATE} %):", flush=True)
    lacks = env.get("TALKOOT_MAY_LACK", "").split(",")
    untried = [TRIED_BY[word] for word in lacks if word in TRIED_BY]
    left = [f"--omit={','.join(untried)}"] if untried else []
    domain = report(f"--include={DOMAIN}", f"--fail-under={DOMAIN_GATE}", *left)
    say(f"{'BAD ' if total or domain else 'good'}  coverage")
    return not (total or domain)


def check() -> int:
    arguments = sys.argv[1:]
    flags = {"--no-tests", "--tests-only", "--no-coverage"} & set(arguments)
    arguments = [word for word in arguments if word not in flags]
    with alone():
        install(for_tests=True)
        translations()
    env = environment()
    bad: list[str] = []
    if "--tests-only" not in flags:
        with ThreadPoolExecutor(2) as pool:
            results = pool.map(lambda name: (name, checked(name, env)), CHECKS)
            bad += [name for name, good in results if not good]
    closing = ""
    if "--no-tests" not in flags:
        # Coverage is asked of a whole run only: a part of the tests cannot cover everything.
        measure = not arguments and "--no-coverage" not in flags
        good, closing = tested(arguments, env, coverage=measure)
        bad += [] if good else ["pytest"]
        if measure and not covered(env):
            bad.append("coverage")
    say(f"Not good: {', '.join(bad)}" if bad else "All good")
    if closing:
        print(closing)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    main(check)
