"""Addresses of the front doors that stand behind a login or a key: Django's own handler answers them."""

from django.contrib import admin
from django.urls import path

from ui import accounts, desk_results, desk_words, keeping, preview, setup, theme_preview

urlpatterns = [
    path("admin/login/", accounts.at_desk, name="desk-sign-in"),
    path("admin/jsi18n/", admin.site.admin_view(desk_words.words, cacheable=True)),
    path("admin/sign-in-again/", keeping.sign_in_again, name="sign-in-again"),
    path("admin/polls/poll/<int:poll_id>/results/", admin.site.admin_view(desk_results.results), name="desk-results"),
    path("admin/polls/poll/<int:poll_id>/results/now/", admin.site.admin_view(desk_results.now), name="desk-now"),
    path("admin/polls/poll/<int:poll_id>/results.csv", admin.site.admin_view(desk_results.table), name="desk-table"),
    path("preview/<int:poll_id>/", preview.preview, name="preview"),
    path("preview/theme/", theme_preview.preview, name="theme-preview"),
    path("preview/theme/check/", theme_preview.check, name="theme-check"),
    path("preview/<int:poll_id>/form/", preview.form, name="preview-form"),
    path("preview/<int:poll_id>/picture/", preview.picture, name="preview-picture"),
    path("preview/<int:poll_id>/picture.svg", preview.drawn, name="preview-drawn"),
    path("setup/<str:token>/", setup.setup, name="setup"),
]
