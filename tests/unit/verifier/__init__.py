"""The command, installed as a stranger installs it."""
