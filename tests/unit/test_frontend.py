"""What the verifier's page takes over from Python."""

from scripts.house.frontend_networks import PATH, networks


def test_the_page_knows_the_networks_that_can_be_chosen() -> None:
    assert PATH.read_text(encoding="utf-8") == networks()
