from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("polls", "0003_api_tokens"),
    ]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="failure",
            field=models.CharField(
                blank=True,
                choices=[
                    ("away", "There is no connection to the mail server: see EMAIL_URL."),
                    ("login", "The mail server does not take the login: see EMAIL_URL."),
                    ("sender", "The mail server does not take the sender: see EMAIL_FROM."),
                    ("address", "The mail server takes no mail for this address."),
                    ("later", "The mail server does not take this mail now. Try again later."),
                    ("refused", "The mail server does not take this mail."),
                    ("unfit", "No mail can be addressed like this."),
                ],
                db_default="",
                editable=False,
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("failure__in", ["", "away", "login", "sender", "address", "later", "refused", "unfit"])
                ),
                name="invitation_failure_known",
            ),
        ),
    ]
