"""Hostile input for everything that reads what a stranger wrote.

Each target reads bytes and knows, by other means than the code under test, what may be
made of them; it raises ``WronglyReadError`` where something else was. Any other error
than the one that the code documents is a finding too, and so is a hang.

``scripts/fuzz`` runs the targets for long, led by coverage (atheris); the tests run
them for a second each, by chance.
"""
