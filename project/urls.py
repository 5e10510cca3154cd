from django.contrib import admin
from django.urls import include, path

handler500 = "ui.faults.fault"
urlpatterns = [
    path("", include("ui.desk_urls")),
    path("admin/", admin.site.urls),
    path("accounts/", include("ui.accounts")),
    path("", include("ui.urls")),
]
