from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class DeskPages(GZipMiddleware):
    """The desk's pages go out compressed: the one on which a poll is written is a tenth then. Voters' pages have a few
    thousand signs and are printed once for many; files that editors save say beforehand how long they are.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        match = request.resolver_match
        is_page = response.get("Content-Type", "").startswith("text/html")
        if match is None or "admin" not in match.app_names or not is_page:
            return response
        return super().process_response(request, response)
