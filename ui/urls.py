"""The public addresses: a contract with other people's pages. project/asgi.py sends them to `ui.handler`."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter, SlugConverter, StringConverter

from ui import embed, health, images, index, live, loader, media, oembed, pages, published, votes, wardrobe, withdrawals
from ui.api import api, description, entrance


class AnySlug(SlugConverter):
    regex = "[^/]{1,200}"


class Number(IntConverter):
    """No longer than a database's numbers: addresses that lead somewhere are kept, see `ui.handler`."""

    regex = "[0-9]{1,18}"


class FileFormat(StringConverter):
    regex = "[a-z]{1,8}"


class PictureName(StringConverter):
    regex = "[0-9a-f]{24}"


class Digest(StringConverter):
    regex = "[0-9a-f]{12}"


register_converter(Digest, "digest")
register_converter(FileFormat, "format")
register_converter(Number, "number")
register_converter(AnySlug, "any")
register_converter(PictureName, "picture")

urlpatterns = [
    path("", index.index, name="index"),
    path("p/<any:slug>/", pages.poll, name="poll"),
    path("p/<any:slug>/vote/", votes.vote, name="vote"),
    path("p/<any:slug>/withdraw/", withdrawals.withdraw, name="withdraw"),
    path("p/<any:slug>/results/", pages.results, name="results"),
    path("p/<any:slug>/results.svg", images.svg, name="results-svg"),
    path("p/<any:slug>/results.png", images.png, name="results-png"),
    path("oembed", oembed.oembed, name="oembed"),
    path("p/<any:slug>/ballots/", published.ballots, name="ballots"),
    path("p/<any:slug>/ballots/<number:question>.<format:file_format>", published.ballots_file, name="ballots-file"),
    path("p/<any:slug>/changes/", published.changes, name="changes"),
    path("embed/<any:slug>/", embed.frame, name="embed"),
    path("embed/<any:slug>/vote/", embed.vote, name="embed-vote"),
    path("embed/<any:slug>/withdraw/", embed.withdraw, name="embed-withdraw"),
    path("live/<any:slug>", live.stream, name="live"),
    path("live/<any:slug>/now", live.now, name="live-now"),
    path("live/<any:slug>/phase", live.phase, name="live-phase"),
    path("embed.js", loader.script, name="loader"),
    path("embed.css", loader.look, name="look"),
    path("live.js", loader.movement, name="movement"),
    path("media/choices/<number:year>/<picture:name>.webp", media.picture, name="picture"),
    path("favicon.ico", media.icon, name="icon"),
    path("theme/<number:theme_id>-<digest:asked>.css", wardrobe.stylesheet, name="theme"),
    path("api/v1/", entrance, name="api-entrance"),
    path("api/v1/openapi.json", description, name="api-description"),
    path("api/v1/", api.urls),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
]
