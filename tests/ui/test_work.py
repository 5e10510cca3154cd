import base64
import json
from datetime import timedelta

import pytest

from tests.builders import now
from tests.work import solved
from ui import work


def test_a_solved_challenge_is_taken() -> None:
    at = now()
    solution = solved(work.challenge(7, "nonce", at=at))
    assert work.is_done(solution, poll=7, nonce="nonce", at=at + timedelta(minutes=9))


def test_a_challenge_has_the_shape_that_altcha_knows() -> None:
    challenge = work.challenge(7, "nonce", at=now())
    assert challenge.keys() == {"algorithm", "challenge", "maxnumber", "salt", "signature"}
    assert "?expires=" in str(challenge["salt"])


def test_an_expired_challenge_is_refused() -> None:
    at = now()
    solution = solved(work.challenge(7, "nonce", at=at))
    assert not work.is_done(solution, poll=7, nonce="nonce", at=at + work.LIFETIME + timedelta(seconds=1))


def test_a_challenge_of_another_poll_or_for_another_paper_is_refused() -> None:
    at = now()
    solution = solved(work.challenge(7, "nonce", at=at))
    assert not work.is_done(solution, poll=8, nonce="nonce", at=at)
    assert not work.is_done(solution, poll=7, nonce="another", at=at)


@pytest.mark.parametrize(
    "falsified",
    [
        {"number": 0},
        {"number": -1},
        {"number": "12"},
        {"number": True},
        {"number": 1.0},
        {"number": 10**40},
        {"signature": "0" * 64},
        {"signature": None},
        {"algorithm": "MD5"},
        {"salt": None},
        {"salt": "abc?expires=99999999999&poll=7&paper=nonce&"},
        {"salt": "é"},
        {"challenge": "\ud800"},
    ],
)
def test_a_falsified_solution_is_refused(falsified: dict[str, object]) -> None:
    challenge = work.challenge(7, "nonce", at=now())
    assert not work.is_done(solved(challenge, **falsified), poll=7, nonce="nonce", at=now())


def test_digits_of_the_number_cannot_be_passed_off_as_digits_of_the_salt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise an expired challenge could be given a later expiry."""
    monkeypatch.setattr("secrets.randbelow", lambda _most: 47)  # of one digit nothing would be left
    challenge = work.challenge(7, "nonce", at=now())
    told = json.loads(base64.b64decode(solved(challenge)))
    digits = str(told["number"])
    spliced = told | {"salt": told["salt"] + digits[:-1], "number": int(digits[-1])}
    payload = base64.b64encode(json.dumps(spliced).encode()).decode()
    assert not work.is_done(payload, poll=7, nonce="nonce", at=now())


@pytest.mark.parametrize("text", ["", "x", "é", "bnVsbA==", "W10=", "eyJhIjo=", "A" * 1001, "[" * 900, "WzE="])
def test_what_is_no_solution_is_refused(text: str) -> None:
    assert not work.is_done(text, poll=7, nonce="nonce", at=now())


def test_somebody_elses_challenge_is_refused() -> None:
    import hashlib

    salt = "abc?expires=99999999999&poll=7&paper=nonce&"
    hashed = hashlib.sha256(f"{salt}5".encode()).hexdigest()
    theirs = {"algorithm": "SHA-256", "challenge": hashed, "maxnumber": 10, "salt": salt, "signature": "0" * 64}
    assert not work.is_done(solved(theirs), poll=7, nonce="nonce", at=now())
