from ui.asgi import App, Receive, Scope, Send

# Everything with a login, and static files. The rest is public and never waits for a thread.
DESK = ("/admin/", "/static/", "/setup/", "/preview/", "/accounts/")


class Switchboard:
    def __init__(self, *, desk: App, public: App) -> None:
        self._desk, self._public = desk, public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._desk if scope["path"].startswith(DESK) or scope["path"] == "/admin" else self._public
        await app(scope, receive, send)
