"""How the process serves: the two runtimes, the instance's lock, start and stop."""
