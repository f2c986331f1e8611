"""What all tests stand on."""

# Home Assistant looks for custom integrations in the package of this name: it must
# be this repository's before the test plugin's own is found.
import custom_components  # noqa: F401
