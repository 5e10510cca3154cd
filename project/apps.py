from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """An app for its commands alone: migrate, prepare, serve, run."""

    name = "project"
