"""How the process serves: the two runtimes, the instance's lock, start and stop."""

import warnings

# Eventlet warns at every import that it is in maintenance. The choice is recorded, with its way
# out, in docs/decisions/0002-two-runtimes.md; an operator's terminal is not the place to repeat
# it. Here, since nothing imports eventlet before this room.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
