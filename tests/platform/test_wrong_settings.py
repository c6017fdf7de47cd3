"""A start with a wrong setting is one line that names the variable."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
VARIABLE = re.compile(r"""(?:env\.\w+|_[a-z]+)\(\s*["']([A-Z_]+)["']""")
WRONG = [
    ("PORT", "many"),
    ("PORT", "70000"),
    ("PORT", "0"),
    ("DEBUG", "perhaps"),
    ("DEMO", "perhaps"),
    ("OUTBOX_DRAINER", "perhaps"),
    ("SECRET_KEY", "short"),
    ("SITE_URL", "talkoot.example"),
    ("SITE_URL", "ftp://talkoot.example"),
    ("DATABASE_URL", "mysql://localhost/talkoot"),
    ("DATABASE_URL", "postgres://localhost:port/talkoot"),
    ("DATABASE_URL", "postgres"),
    ("SEARCH_URL", "solr://localhost"),
    ("STORAGE_URL", "ftp://localhost"),
    ("STORAGE_URL", "s3://localhost/bucket"),
    ("SEARCH_URL", "elasticsearch://localhost:9200"),
    ("SEARCH_URL", "elasticsearch://localhost:port/talkoot"),
    ("BROKER_URL", "http://localhost"),
    ("BROKER_URL", "localhost:6379"),
    ("CACHE_URL", "memcached"),
    ("EMAIL_URL", "mail.example"),
    ("EMAIL_URL", "smtp://mail.example:port"),
    ("LOG_LEVEL", "LOUD"),
    ("SECOND_FACTOR_REQUIRED_FOR", "staff,boss"),
    ("OIDC_PROVIDERS", "Iso Kirjain"),
    ("TALKOOT_VAR", "/dev/null/var"),
]


def start(var: Path, **env: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**kept, "TALKOOT_VAR": str(var), **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("name", "value"), WRONG, ids=lambda part: part.replace("/", "_"))
def test_wrong_setting_is_named_in_one_line(name: str, value: str, tmp_path: Path):
    done = start(tmp_path, **{name: value})
    lines = done.stderr.strip().splitlines()
    assert done.returncode == 1
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("Talkoot cannot start.")
    assert f"{name}:" in lines[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLIENT_ID", ""),
        ("SERVER_URL", ""),
        ("SERVER_URL", "http://kunta.example"),
        ("SIGN_IN", "perhaps"),
    ],
)
def test_wrong_setting_of_a_provider_is_named(tmp_path: Path, name: str, value: str):
    whole = {"CLIENT_ID": "talkoot", "SERVER_URL": "https://kunta.example", name: value}
    of_provider = {f"OIDC_KUNTA_{part}": said for part, said in whole.items()}
    done = start(tmp_path, OIDC_PROVIDERS="kunta", **of_provider)
    assert done.returncode == 1
    assert f"OIDC_KUNTA_{name}:" in done.stderr


@pytest.mark.parametrize(
    ("name", "scheme"),
    [("DATABASE_URL", "postgres"), ("SEARCH_URL", "elasticsearch"), ("STORAGE_URL", "s3")],
)
def test_a_secret_in_an_address_is_not_printed(tmp_path: Path, name: str, scheme: str):
    done = start(tmp_path, **{name: f"{scheme}://talkoot:secret@localhost:port/talkoot"})
    assert f"{name}:" in done.stderr
    assert "secret" not in done.stderr


def test_client_of_elasticsearch_is_loaded_only_where_it_is_used(tmp_path: Path):
    script = (
        "import django, sys; django.setup(); from django.conf import settings; "
        "from search.service import engine; engine(); print('elasticsearch' in sys.modules)"
    )
    loaded = {}
    for url in (f"tantivy://{tmp_path}/index", "elasticsearch://localhost:9200/talkoot"):
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "TALKOOT_VAR": str(tmp_path),
                "SEARCH_URL": url,
                "DJANGO_SETTINGS_MODULE": "config.settings",
            },
            capture_output=True,
            text=True,
            check=True,
        )
        loaded[url.partition("://")[0]] = done.stdout.strip()
    assert loaded == {"tantivy": "False", "elasticsearch": "True"}


def test_variables_set_to_nothing_are_as_not_set(tmp_path: Path):
    names = (
        "DATABASE_URL",
        "SEARCH_URL",
        "BROKER_URL",
        "EMAIL_URL",
        "SITE_URL",
        "DEMO",
        "MAIL_FROM",
    )
    done = start(tmp_path, **dict.fromkeys(names, ""))
    assert done.returncode == 0, done.stderr


def test_every_variable_is_in_the_operators_guide():
    settings = (ROOT / "config/settings.py").read_text()
    names = set(VARIABLE.findall(settings))
    guide = (ROOT / "docs/guide/operator.md").read_text()
    assert {"PORT", "DATABASE_URL", "SECRET_KEY"} <= names
    assert {name for name in names if f"`{name}`" not in guide} == set()
