import gc

from django.apps import apps


def test_garbage_is_looked_for_again_when_all_apps_are_there() -> None:
    gc.disable()  # as manage.py and asgi.py do when a start begins
    apps.get_app_config("project").ready()
    assert gc.isenabled()
