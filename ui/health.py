from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from ui import database


async def alive(_request: HttpRequest) -> JsonResponse:
    """The process answers. It asks nobody else."""
    return JsonResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})


async def ready(_request: HttpRequest) -> JsonResponse:
    """The database answers and has every migration: 200, else 503."""
    try:
        status = "ready" if await database.read(_migrated) else "not_migrated"
    except Exception:  # noqa: BLE001 -- whatever it is, we are not ready
        status = "database_away"
    code = 200 if status == "ready" else 503
    return JsonResponse({"status": status}, status=code, headers={"Cache-Control": "no-store"})


def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
