"""A barcode scanner on a serial port, as a text sensor.

Everything is in the platform, `text_sensor.py`.
"""
