"""The reference: a polls project as tutorials make it, on the same database."""

import os

import dj_database_url

SECRET_KEY = "only for the benchmark"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "tests.bench.tutorial.urls"
INSTALLED_APPS = ["django.contrib.sessions", "django.contrib.messages", "tests.bench.tutorial"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES = {"default": dj_database_url.parse(os.environ["DATABASE_URL"])}
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"]["OPTIONS"] |= {"pool": {"min_size": 4, "max_size": 16}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
