"""All settings. Each variable is read once, checked at start, named in docs/guide/operator.md."""

import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import oidc
from core.storage_address import SCHEMES as STORAGE_SCHEMES
from core.storage_address import folder, storage_of
from search.address import elastic_address

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def _read(name: str, reader: Any, default: Any) -> Any:
    """One variable; a value that cannot be read stops the start with a line that names it."""
    try:
        return reader(name, default=default)
    except (ValueError, TypeError, environ.ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"{name}: {error}") from error


def _text(name: str, default: str) -> str:
    """A text; set to nothing is the same as not set."""
    return str(env.str(name, default="").strip() or default)


def _port(name: str, default: int) -> int:
    port = _read(name, env.int, default)
    if not 0 < port < 65536:
        raise ImproperlyConfigured(f"{name}: {port} is not a port (1 to 65535)")
    return int(port)


def _count(name: str, default: int) -> int:
    number = _read(name, env.int, default)
    if number < 1:
        raise ImproperlyConfigured(f"{name}: {number} must be at least 1")
    return int(number)


def _switch(name: str, *, default: bool) -> bool:
    """On or off; any other word is a mistake, not «off»."""
    word = env.str(name, default="").strip().lower()
    if word not in {"", "0", "1", "true", "false", "yes", "no", "on", "off"}:
        raise ImproperlyConfigured(f"{name}: {word} is neither 1 nor 0")
    return word in {"1", "true", "yes", "on"} if word else default


def _words(name: str, known: frozenset[str]) -> frozenset[str]:
    """Words parted by commas, each of them known."""
    words = frozenset(word.strip().lower() for word in env.list(name, default=[]) if word.strip())
    if strange := words - known:
        raise ImproperlyConfigured(
            f"{name}: {', '.join(sorted(strange))} is none of {', '.join(sorted(known))}"
        )
    return words


def _parsed(name: str, parse: Any, url: str) -> dict[str, Any]:
    """An address taken apart; one that cannot be, stops the start with a line that names it."""
    try:
        return dict(parse(url))
    except (ValueError, KeyError, environ.ImproperlyConfigured) as error:
        raise ImproperlyConfigured(
            f"{name}: is not an address that can be read ({error})"
        ) from error


def _scheme(name: str, url: str, allowed: tuple[str, ...]) -> str:
    scheme = url.partition("://")[0]
    if url and (scheme not in allowed or "://" not in url):
        raise ImproperlyConfigured(
            f"{name}: must begin with {', '.join(f'{a}://' for a in allowed)}"
        )
    return url


# Where it keeps its things ---------------------------------------------------------------------
VAR_DIR = Path(_text("TALKOOT_VAR", str(BASE_DIR / "var"))).resolve()
try:
    VAR_DIR.mkdir(parents=True, exist_ok=True)
except OSError as error:
    raise ImproperlyConfigured(
        f"TALKOOT_VAR: {VAR_DIR} cannot be made ({error.strerror})"
    ) from error

DEBUG = _switch("DEBUG", default=False)
DEMO = _switch("DEMO", default=False)
HOST = _text("HOST", "127.0.0.1")
PORT = _port("PORT", 8000)
WEB_WORKERS = _count("WEB_WORKERS", 1)
WEB_THREADS = _count("WEB_THREADS", 8)
API_PER_MINUTE = _count("API_PER_MINUTE", 3000)
DOWNLOADS_PER_MINUTE = _count("DOWNLOADS_PER_MINUTE", 60)
# Sites that a publiccode.yml may be fetched from by its address; none: only files are taken.
PUBLICCODE_HOSTS = frozenset(host.lower() for host in env.list("PUBLICCODE_HOSTS", default=[]))
PAGE_CACHE_SECONDS = 1.0  # pages of anonymous readers, in the process; 0 keeps none
SITE_URL = _text("SITE_URL", f"http://localhost:{PORT}").rstrip("/")
_scheme("SITE_URL", SITE_URL, ("http", "https"))


def _secret_key() -> str:
    """SECRET_KEY, or one made at first start and kept in var/, readable by its owner only."""
    if given := env.str("SECRET_KEY", default=""):
        if len(given) < 32:
            raise ImproperlyConfigured("SECRET_KEY: must have at least 32 characters")
        return str(given)
    kept = VAR_DIR / "secret_key"
    if not kept.exists():
        # Whole or not at all, also when two programs start at once or one is interrupted.
        new = VAR_DIR / f"secret_key.{secrets.token_hex(4)}"
        new.touch(mode=0o600)
        new.write_text(secrets.token_urlsafe(50))
        with suppress(FileExistsError):
            kept.hardlink_to(new)
        new.unlink()
    return kept.read_text().strip()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail's preview panel frames our pages
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"

# Apps: ours stand on each other in this order --------------------------------------------------
INSTALLED_APPS = [
    "core",
    "accounts",
    "challenges",
    "ideas",
    "scoring",
    "catalogue",
    "search",
    "cms",
    "demo",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.redirects",
    "wagtail.sites",
    "accounts.users.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "rules",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "django_tasks",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "core.middleware.ArrivalMiddleware",
    "core.pagecache.PageCacheMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "core.middleware.SignedOutMiddleware",
    "core.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cms.context.site",
            ],
        },
    }
]

# Four addresses decide how big it is -----------------------------------------------------------
DATABASE_URL = _text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'talkoot.sqlite3'}")
_scheme("DATABASE_URL", DATABASE_URL, ("sqlite", "postgres", "postgresql"))
_database = _parsed("DATABASE_URL", environ.Env.db_url_config, DATABASE_URL)
if _database["ENGINE"].endswith("sqlite3"):
    # WAL with IMMEDIATE transactions: writers queue instead of failing, readers never wait.
    # Each thread has a connection with a memory of its own (KB); the system keeps the file too.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA cache_size=-2000;",
    }
    _database["CONN_MAX_AGE"] = None
    _database["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True
    # A page reads its row with all that it belongs to in one query of eight tables, by their keys:
    # looking through every order of joining them took PostgreSQL ten times as long as the reading.
    _database.setdefault("OPTIONS", {}).setdefault("options", "-c join_collapse_limit=4")
DATABASES = {"default": _database}

SEARCH_URL = _scheme(
    "SEARCH_URL",
    _text("SEARCH_URL", f"tantivy://{VAR_DIR / 'index'}"),
    ("tantivy", "elasticsearch"),
)
if SEARCH_URL.startswith("elasticsearch://"):
    elastic_address(SEARCH_URL)  # what is wrong with it is said at the start
BROKER_URL = _scheme("BROKER_URL", env.str("BROKER_URL", default=""), ("redis", "rediss"))
CACHE_URL = _scheme(
    "CACHE_URL", env.str("CACHE_URL", default=""), ("redis", "rediss", "locmemcache")
)
CACHES = {
    "default": _parsed("CACHE_URL", environ.Env.cache_url_config, CACHE_URL)
    if CACHE_URL
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    }
}

# Mail and jobs go through the outbox -----------------------------------------------------------
MAIL_DIR = VAR_DIR / "mail"
EMAIL_URL = _scheme(
    "EMAIL_URL", env.str("EMAIL_URL", default=""), ("smtp", "smtps", "smtp+tls", "smtp+ssl")
)
if EMAIL_URL:
    globals().update(_parsed("EMAIL_URL", environ.Env.email_url_config, EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_DIR
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = _text("MAIL_FROM", "Talkoot <talkoot@talkoot.example>")
OUTBOX_DRAINER = _switch("OUTBOX_DRAINER", default=True)
TASKS = {"default": {"BACKEND": "core.jobs.OutboxBackend"}}

# People ----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:home"
LOGOUT_REDIRECT_URL = "/"
WAGTAILADMIN_LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
ACCOUNT_EMAIL_VERIFICATION = "optional"  # the code that signs in is the proof of the address
ACCOUNT_FORMS = {
    "request_login_code": "accounts.forms.SignInForm",
    "confirm_login_code": "accounts.forms.CodeForm",
}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
# Whose rights rest until they have shown a second factor (adr/0016).
SECOND_FACTOR_REQUIRED_FOR = _words(
    "SECOND_FACTOR_REQUIRED_FOR", frozenset({"staff", "chair", "juror"})
)
MFA_ADAPTER = "accounts.mfa.MFAAdapter"
MFA_FORMS = {
    "add_webauthn": "accounts.factor_forms.PasskeyForm",
    "activate_totp": "accounts.factor_forms.AppForm",
    "authenticate": "accounts.factor_forms.CodeForm",
    "authenticate_webauthn": "accounts.factor_forms.KeyForm",
    "login_webauthn": "accounts.factor_forms.KeySignInForm",
    "reauthenticate": "accounts.factor_forms.CodeAgainForm",
    "reauthenticate_webauthn": "accounts.factor_forms.KeyAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Talkoot"
MFA_TOTP_TOLERANCE = 1  # periods: a code can be typed slowly, and clocks differ

SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"APPS": oidc.providers(env), "OAUTH_PKCE_ENABLED": True}
}
SOCIALACCOUNT_ADAPTER = "accounts.oidc_adapter.OidcAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"  # who has not proven the address, is not linked
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link: the policy sends our forms nowhere else

# Languages and time ----------------------------------------------------------------------------
LANGUAGE_CODE = "fi"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [
    ("fi", _("Finnish")),
    ("sv", _("Swedish")),
    ("en", _("English")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = WAGTAIL_I18N_ENABLED = True
USE_TZ = True
TIME_ZONE = "Europe/Helsinki"
LANGUAGE_COOKIE_NAME = "language"

# Files -----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Pictures that staff place on pages; attachments are elsewhere, behind a rule.
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
ATTACHMENT_ROOT = VAR_DIR / "attachments"
STORAGE_URL = _scheme("STORAGE_URL", env.str("STORAGE_URL", default=""), STORAGE_SCHEMES)
UPLOAD_ROOT = VAR_DIR / "uploads"  # files that are still coming, piece by piece
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "attachments": storage_of(STORAGE_URL) if STORAGE_URL else folder(str(ATTACHMENT_ROOT)),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
CLAMAV_URL = _scheme("CLAMAV_URL", env.str("CLAMAV_URL", default=""), ("tcp", "unix"))
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "core.uploads.LimitedUploadHandler",
]
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_PERMISSIONS = 0o640

# Wagtail ---------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Talkoot"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "odt", "csv", "txt"]
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAILUSERS_PASSWORD_ENABLED = False  # people sign in by a code
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

# Browser's rules: nothing from elsewhere, nothing inline on public pages -----------------------
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/admin/"],
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    },
}

LOG_LEVEL = _text("LOG_LEVEL", "INFO").upper()
if LOG_LEVEL not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
    raise ImproperlyConfigured(
        f"LOG_LEVEL: {LOG_LEVEL} is not DEBUG, INFO, WARNING, ERROR or CRITICAL"
    )
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
