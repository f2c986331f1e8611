"""The chain: networks, the paying account, the contract, and sending to it.

Knows the log's formats, and no Home Assistant.
"""
