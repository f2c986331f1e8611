"""What all tests stand on."""  # noqa: INP001 - tests is no package

# Home Assistant looks for custom integrations in the package of this name: it must
# be this repository's before the test plugin's own is found.
import custom_components  # noqa: F401
