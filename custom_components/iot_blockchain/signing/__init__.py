"""The devices that sign: how they are enrolled, heard and watched."""
