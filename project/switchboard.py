from collections.abc import Awaitable

from ui.asgi import App, Receive, Scope, Send

# Everything with a login. The rest is public and never waits for a thread.
DESK = ("/admin/", "/setup/", "/preview/", "/accounts/")


class Switchboard:
    def __init__(self, *, desk: App, files: App, public: App) -> None:
        self._desk, self._files, self._public = desk, files, public

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        path: str = scope["path"]
        if path.startswith("/static/"):
            app = self._files
        else:
            app = self._desk if path.startswith(DESK) or path == "/admin" else self._public
        return app(scope, receive, send)
