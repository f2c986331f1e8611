"""The position of a GNSS receiver on a serial port, as a text sensor.

Everything is in the platform, `text_sensor.py`.
"""
