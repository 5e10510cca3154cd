"""All settings, from the environment alone. docs/settings.md lists them; `env` refuses mistakes by name."""

from pathlib import Path

from django.utils.csp import CSP
from whitenoise.compress import Compressor

from project import env
from project.desk import UNFOLD  # noqa: F401 -- Unfold reads it here

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "data")
DEBUG = env.switch("DEBUG", default=False)
SECRET_KEY = env.secret_key(DATA_DIR)
PORT = env.number("PORT", 8000, at_least=1, at_most=65535)
WEB_CONCURRENCY = env.number("WEB_CONCURRENCY", 1, at_least=1, at_most=64)
METRICS_TOKEN = env.text("METRICS_TOKEN")
# When a vote of an unknown browser has to bring a solved puzzle: see docs/who-may-vote.md.
PROOF_OF_WORK = env.choice("PROOF_OF_WORK", "adaptive", ("adaptive", "always", "never"))

# The first start makes an admin of these; later ones leave them alone.
ADMIN_USERNAME = env.text("ADMIN_USERNAME", "admin")
ADMIN_PASSWORD = env.text("ADMIN_PASSWORD")
ADMIN_EMAIL = env.text("ADMIN_EMAIL")

# Where the public reaches us. Unset: the Host header of each request is believed.
_public = env.origin("PUBLIC_URL")
PUBLIC_URL = _public.url if _public else ""
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", _public.host if _public else "*")
if _public and not {_public.host, "*"} & set(ALLOWED_HOSTS):
    ALLOWED_HOSTS.append(_public.host)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")

# Whether this server sends what webhooks are to be told.
WEBHOOKS = env.switch("WEBHOOKS", default=True)
# Hosts inside a private network that webhooks may be sent to, by plain HTTP too: see docs/webhooks.md.
WEBHOOK_PRIVATE_HOSTS = env.hosts("WEBHOOK_PRIVATE_HOSTS", "")

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "ninja",
    "polls",
    "ui",
    "project",
]

# The desk's chain. The public addresses run under ui.handler, which has none: each of these costs a thread hop there.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "project.compression.DeskPages",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ui.keeping.Keeping",
    "ui.faults.Sentences",
]
ROOT_URLCONF = "project.urls"
ASGI_APPLICATION = "project.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
FORM_RENDERER = "project.inputs.Renderer"

DATABASES = {"default": env.database(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MAILERS = {"default": env.mailer()}
DEFAULT_FROM_EMAIL = env.sender("EMAIL_FROM", "pollstead@localhost")

STATIC_URL = "/static/"
STATIC_ROOT = env.place("STATIC_ROOT", BASE_DIR / "build" / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "project.static.HashedFiles"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")  # only debuggers ask for maps

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español")]
LANGUAGES += [("zh-hans", "简体中文"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "ui" / "locale"]
FORMAT_MODULE_PATH = "ui.formats"
TIME_ZONE = "UTC"
USE_TZ = True

LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# The desk's policy: Alpine needs eval and inline style. Public pages answer a stricter one of their own (ui.faces).
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.UNSAFE_INLINE, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "font-src": [CSP.SELF, "data:"],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
    "object-src": [CSP.NONE],
}
CSRF_FAILURE_VIEW = "ui.keeping.csrf_failure"
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_ENGINE = "project.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
# W004, W008: HTTPS is the proxy's, and so are its promises. W019: the desk shows previews in frames of its own.
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W019"]

LOG_FORMAT = env.choice("LOG_FORMAT", "text", ("text", "json"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {
            "()": "project.logs.TextFormatter",
            "format": "{asctime} {levelname:<7} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "project.logs.JsonFormatter"},
    },
    "filters": {"not_twice": {"()": "project.logs.NotTwice"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR", "filters": ["not_twice"]},
        # Who asks for a host that is not ours is told so. Scanners would fill the log with tracebacks.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # So is who narrows a list of the desk by what it has no filter for.
        "django.security.DisallowedModelAdminLookup": {"level": "CRITICAL"},
        "django.security.DisallowedModelAdminToField": {"level": "CRITICAL"},
        "httpx": {"level": "WARNING"},
    },
}
