"""A coverage-guided fuzz run of reading: bytes nobody would think of, led by what they reach.

`python -m tests.fuzz --seconds 600`, or `make fuzz`; a short run is part of the suite.
"""
