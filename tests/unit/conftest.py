"""What every unit test stands on."""

from hypothesis import settings

# The machine may be busy: a slow example is not a failure. Random examples differ
# from run to run, so that over time many more are tried.
settings.register_profile("unit", deadline=None, max_examples=60)
settings.load_profile("unit")
