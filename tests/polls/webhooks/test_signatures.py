"""Signatures are those of the Standard Webhooks specification."""

import base64

from polls.webhooks import signatures

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_vector_of_the_specification() -> None:
    """From the specification's own libraries (standard-webhooks/standard-webhooks, libraries/go/webhook_test.go)."""
    signed = signatures.sign(
        b'{"test": 2432232314}', message="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330, secrets=[SECRET]
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_two_secrets_give_two_signatures() -> None:
    one, other = SECRET, signatures.new_secret()
    by_one, by_other, by_both = (
        signatures.sign(b"{}", message="msg_1", timestamp=1, secrets=some) for some in ([one], [other], [one, other])
    )
    assert by_both == f"{by_one} {by_other}"


def test_a_secret_is_as_long_as_the_specification_asks_and_new_each_time() -> None:
    secrets = {signatures.new_secret() for _ in range(10)}
    assert len(secrets) == 10
    assert all(24 <= len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) <= 64 for secret in secrets)
