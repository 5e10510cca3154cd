"""WSGI for gunicorn, ASGI for uvicorn; `python -m tests.bench.tutorial.app` makes the tables and one question."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.tutorial.settings")

from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

wsgi = get_wsgi_application()
asgi = get_asgi_application()


def prepare() -> None:
    from django.db import connection

    from tests.bench.tutorial.models import Choice, Question

    with connection.schema_editor() as editor:
        editor.create_model(Question)
        editor.create_model(Choice)
    question = Question.objects.create(question_text="Which bridge should the city repair first?")
    for text in ("Old Mill Bridge", "Harbour footbridge", "Railway viaduct", "None of them"):
        question.choice_set.create(choice_text=text)


if __name__ == "__main__":
    prepare()
