"""Settings of Clientele: everything comes from the environment, unset means embedded.

DATABASE_URL        postgresql://user:password@host:port/name, or unset for SQLite in DATA_DIR
CELERY_BROKER_URL   redis://host:port/db, or unset for a file broker in DATA_DIR
ANALYTICS_ENGINE    duckdb (default)
DATA_DIR            where the database, facts, uploads and broker files live (default: ./data)
API_CALLS_PER_MINUTE how many calls one key of the API has in a minute (default: 300)
SITE_URL            where readers open the product, for links in mails (default: the first of ALLOWED_HOSTS)
SECRET_KEY          needed when DEBUG is off and ALLOWED_HOSTS names more than this machine
SECRET_KEY_FALLBACKS former keys, with commas between them, after SECRET_KEY was changed
"""

import contextlib
import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").strip().lower() in {"1", "true", "yes", "on"}


def _list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


DATA_DIR = Path(os.environ.get("DATA_DIR") or BASE_DIR / "data").resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = _flag("DEBUG")
DEMO = _flag("DEMO")

LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]", "testserver"]
ALLOWED_HOSTS = _list("ALLOWED_HOSTS") or LOCAL_HOSTS
SITE_URL = os.environ.get("SITE_URL", "").rstrip("/") or (
    f"https://{ALLOWED_HOSTS[0]}"
    if ALLOWED_HOSTS != LOCAL_HOSTS
    else f"http://localhost:{os.environ.get('PORT', '8000')}"
)
CSRF_TRUSTED_ORIGINS = _list("CSRF_TRUSTED_ORIGINS")


def _secret_key() -> str:
    """The key of the environment; on a single machine one made once and kept in DATA_DIR."""
    given = os.environ.get("SECRET_KEY")
    if given:
        if len(given) < 32 and set(ALLOWED_HOSTS) - set(LOCAL_HOSTS):
            raise ImproperlyConfigured("SECRET_KEY must have at least 32 characters.")
        return given
    if set(ALLOWED_HOSTS) - set(LOCAL_HOSTS):
        raise ImproperlyConfigured("Set SECRET_KEY when ALLOWED_HOSTS names other machines.")
    kept = DATA_DIR / "secret_key"
    if not kept.exists():
        made = DATA_DIR / f"secret_key.{os.getpid()}"
        made.write_text(secrets.token_urlsafe(50))
        made.chmod(0o600)
        with contextlib.suppress(FileExistsError):
            os.link(made, kept)  # the first process wins, the others read its key
        made.unlink()
    return kept.read_text().strip()


SECRET_KEY = _secret_key()
# Former keys, with commas between them: sessions and hashes made with them go on being understood.
SECRET_KEY_FALLBACKS = [each for each in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if each]

# Over https (HTTPS=1) cookies are Secure and the browser is told to stay there.
HTTPS = _flag("HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _flag("BEHIND_PROXY") else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked by machines beside this one, without https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_NAME = "clientele_session"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

INSTALLED_APPS = [
    "crm.accounts",
    "crm.jobs",
    "crm.records",
    "customers",
    "interactions",
    "analytics",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_celery_beat",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "phonenumber_field",
    "simple_history",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "crm.accounts.middleware.ReaderMiddleware",  # language and time zone of the reader
    "crm.records.custom.middleware.CustomFieldsMiddleware",
    "crm.accounts.middleware.FirstRunMiddleware",
    "crm.accounts.middleware.SignedInMiddleware",  # every page asks to sign in unless it says otherwise
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crm.accounts.context.shell",
                "crm.records.menu.context",
            ],
        },
    },
]


def _database(url: str | None) -> dict:
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "clientele.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",  # writers queue up instead of failing on upgrade
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;"
                " PRAGMA mmap_size=134217728; PRAGMA cache_size=-64000;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql://, or be unset for SQLite.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


DATABASES = {"default": _database(os.environ.get("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
EMBEDDED_DATABASE = not os.environ.get("DATABASE_URL")

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "crm.accounts.backends.SignInBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_ADAPTER = "crm.accounts.adapter.InvitedOnlyAdapter"
ACCOUNT_FORMS = {"login": "crm.accounts.sign_in_forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # the page mails nobody we do not know
ACCOUNT_SESSION_REMEMBER = True
MFA_TOTP_ISSUER = "Clientele"
MFA_TOTP_TOLERANCE = 1  # the code before and the one after: clocks differ
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come from invitations
MFA_FORMS = {
    "authenticate": "crm.accounts.second_factor.AuthenticateForm",
    "reauthenticate": "crm.accounts.second_factor.ReauthenticateForm",
}
# The company's own identity provider, where it has one (docs/sign-in.md).
OIDC_ISSUER = os.environ.get("OIDC_ISSUER", "").rstrip("/")
if HTTPS and OIDC_ISSUER and not OIDC_ISSUER.startswith("https://"):
    raise ImproperlyConfigured("OIDC_ISSUER must be an https:// address: what it says decides who gets in.")
OIDC_PROVIDER = "company"  # part of the address the provider sends people back to
OIDC_NAME = os.environ.get("OIDC_NAME", "")
SOCIALACCOUNT_ADAPTER = "crm.accounts.single_sign_on.KnownPeopleAdapter"
SOCIALACCOUNT_STORE_TOKENS = False  # asked once who somebody is, nothing more
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": OIDC_PROVIDER,
                "name": OIDC_NAME or "OpenID Connect",
                "client_id": os.environ.get("OIDC_CLIENT_ID", ""),
                "secret": os.environ.get("OIDC_CLIENT_SECRET", ""),
                "settings": {"server_url": OIDC_ISSUER},
            }
        ]
        if OIDC_ISSUER
        else [],
    }
}
# Wrong passwords are counted below, in the database, for all web processes alike.
ACCOUNT_RATE_LIMITS = {"login_failed": None, "login": "120/m/ip"}
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "crm.accounts.adapter.name_of_attempt"
AXES_CLIENT_IP_CALLABLE = "crm.accounts.log.address"
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"  # moments are stored in UTC; pages and facts use the company's zone
USE_I18N = USE_TZ = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
MEDIA_ROOT = DATA_DIR / "uploads"
ATTACHMENT_LIMIT = 10 * 1024 * 1024  # bytes of one file kept with a record
FACTS_DIR = DATA_DIR / "facts"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
WEBHOOKS_MAY_BE_LOCAL = False  # only the tests, whose server is on this machine, say otherwise
API_CALLS_PER_MINUTE = int(os.environ.get("API_CALLS_PER_MINUTE", 300))  # of one key
MAX_UPLOAD_BYTES = int(os.environ.get("MAX_UPLOAD_BYTES", 50 * 1024 * 1024))

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "records/_table.html"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
FORMAT_MODULE_PATH = ["crm.formats"]
PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"
SIMPLE_HISTORY_REVERT_DISABLED = True

EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND") or (
    "django.core.mail.backends.smtp.EmailBackend"
    if os.environ.get("EMAIL_HOST")
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = DATA_DIR / "mail"  # without a mail server, mails are kept as files here
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", 25))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Clientele <clientele@localhost>")

ANALYTICS_ENGINE = os.environ.get("ANALYTICS_ENGINE", "duckdb")
ANALYTICS_MEMORY_LIMIT = os.environ.get("ANALYTICS_MEMORY_LIMIT", "1GB")

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL") or "filesystem://localhost//"
EMBEDDED_BROKER = CELERY_BROKER_URL.startswith("filesystem")
CELERY_RESULT_BACKEND = None  # results live in Job rows, the broker is only a bell
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = os.environ.get("CELERY_QUEUE", "clientele")
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
if EMBEDDED_BROKER:
    _broker = DATA_DIR / "broker"
    for _part in ("messages", "processed", "control"):
        (_broker / _part).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "messages"),
        "data_folder_out": str(_broker / "messages"),
        "processed_folder": str(_broker / "processed"),
        "control_folder": str(_broker / "control"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "global_keyprefix": os.environ.get("CELERY_KEY_PREFIX", "clientele:"),
        "visibility_timeout": 12 * 3600,
        "socket_connect_timeout": 3,
        "socket_timeout": 10,
    }

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.db.backends": {"level": "INFO"},
        "axes": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
        "django_celery_beat": {"level": "WARNING"},
        "waitress": {"level": "WARNING"},
        "faker": {"level": "WARNING"},
    },
}

LANGUAGES_OF_THE_HOUSE = [
    ("en", _("English")),
    ("zh-hans", _("Simplified Chinese")),
    ("zh-hant", _("Traditional Chinese")),
]
