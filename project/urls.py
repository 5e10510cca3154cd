from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("ui.accounts")),
    path("", include("ui.desk_urls")),
    path("", include("ui.urls")),
]
