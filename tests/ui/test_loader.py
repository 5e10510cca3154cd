import pytest

from tests import weights
from tests.browser import Browser

LARGEST_LOADER = 1536


@pytest.mark.parametrize(("name", "kind"), [("embed.js", "text/javascript"), ("embed.css", "text/css")])
def test_any_page_may_load_it_and_keep_it(name: str, kind: str, vera: Browser) -> None:
    answer = vera.get(f"/{name}")
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["cache-control"].startswith("public, max-age=300")
    version = answer.headers["etag"].strip('"')
    assert vera.get(f"/{name}", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert vera.get(f"/{name}?v={version}").headers["cache-control"] == "public, max-age=31536000, immutable"
    other = vera.get(f"/{name}?v=0123456789abcdef")
    assert other.headers["cache-control"] == answer.headers["cache-control"], "what is not that version is not kept"


def test_the_loader_is_light(vera: Browser) -> None:
    assert weights.compressed(vera.get("/embed.js").content) < LARGEST_LOADER


def test_the_look_of_a_card_touches_nothing_else(vera: Browser) -> None:
    look = vera.get("/embed.css").text
    assert look.startswith("@scope (.poll) {")
    assert look.count("{") == look.count("}")
    assert not any(
        outside in look.partition("{")[2] for outside in (":root", ".poll", "\nbody {", "color-scheme: light dark")
    )
