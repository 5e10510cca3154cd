from django.db import models


class Question(models.Model):
    question_text = models.CharField(max_length=200)

    class Meta:
        app_label = "tutorial"


class Choice(models.Model):
    question = models.ForeignKey(Question, models.CASCADE)
    choice_text = models.CharField(max_length=200)
    votes = models.IntegerField(default=0)

    class Meta:
        app_label = "tutorial"
