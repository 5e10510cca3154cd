"""Where the browser is that journeys drive: $CHROMIUM, a Chromium or Chrome that is installed, or Playwright's own."""

import os
import shutil
from functools import cache
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
PLAYWRIGHTS = ".cache/ms-playwright/chromium-*/chrome-linux*/chrome"
MISSING = (
    "No Chromium was found, so the journeys were not run. Install chromium, or name one with CHROMIUM=/path/to/it."
)


@cache
def path() -> str | None:
    if given := os.environ.get("CHROMIUM"):
        return shutil.which(given)
    found = [shutil.which(name) for name in NAMES] + [place for place in PLACES if Path(place).exists()]
    found += sorted(map(str, Path.home().glob(PLAYWRIGHTS)), reverse=True)
    return next(filter(None, found), None)
