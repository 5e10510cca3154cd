from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render

from tests.bench.tutorial.models import Question


def detail(request: HttpRequest, question_id: int) -> HttpResponse:
    question = get_object_or_404(Question, pk=question_id)
    return render(request, "detail.html", {"question": question})


def vote(request: HttpRequest, question_id: int) -> HttpResponse:
    question = get_object_or_404(Question, pk=question_id)
    choice = question.choice_set.get(pk=request.POST["choice"])
    choice.votes = F("votes") + 1
    choice.save()
    return HttpResponseRedirect(f"/{question_id}/results/")
