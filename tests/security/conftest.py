"""What the security tests stand on."""

from hypothesis import settings

settings.register_profile("security", deadline=None, max_examples=60)
settings.load_profile("security")
