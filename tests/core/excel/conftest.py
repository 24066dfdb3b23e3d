"""Property tests here are not timed: on a busy machine a single slow example says nothing."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
