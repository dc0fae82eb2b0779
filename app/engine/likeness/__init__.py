"""What speaks of the same thing: near misses, clusters, duplicates, columns that depend."""
