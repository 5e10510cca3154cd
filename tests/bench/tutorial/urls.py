from django.urls import path

from tests.bench.tutorial import views

urlpatterns = [path("<int:question_id>/", views.detail), path("<int:question_id>/vote/", views.vote)]
