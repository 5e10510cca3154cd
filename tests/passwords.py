from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """Slow hashing is for those who steal hashes. A real server understands these too: they say how often."""

    iterations = 1
