"""What answers which address. Composition only: each part lives in its own room.

`manage.py serve` runs it, and so does `uvicorn project.asgi:application`.
"""

import gc
import os

gc.disable()  # while a start imports: see manage.py
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

from django.core.asgi import get_asgi_application  # noqa: E402

desk = get_asgi_application()

from project import server, static  # noqa: E402 -- needs the apps
from project.lifespan import Lifespan  # noqa: E402
from project.switchboard import Switchboard  # noqa: E402
from ui import pulse  # noqa: E402
from ui.exchanges import MIB  # noqa: E402
from ui.guard import Guard  # noqa: E402
from ui.handler import public_site, take  # noqa: E402
from ui.hot import Hot  # noqa: E402
from ui.requests import Legible  # noqa: E402

server.tame()
desk.request_class = Legible
house = Switchboard(desk=desk, files=static.assets(), public=public_site)
# At the desk pictures are sent, and work takes longer.
guarded = Guard(
    house,
    body_limits={"/admin/": 25 * MIB},
    deadlines={"/admin/": 60},
    streams=("/live/",),
    quick=take,
    beats=pulse.beats,
)
application = Lifespan(Hot(guarded), take=guarded.take)

gc.enable()  # here too: under manage.py the apps are there already, and project.apps is not asked again
