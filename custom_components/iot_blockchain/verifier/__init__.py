"""The command ``iot-blockchain-verify``, for people who have a receipt and no more.

The root pyproject.toml makes a package of it, with the parts that it stands on. It
needs neither Home Assistant nor web3, and the integration itself never imports it.
"""
