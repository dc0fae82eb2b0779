"""The fuzzing process instruments what it imports: no other process imports its module."""

collect_ignore = ["target.py"]
