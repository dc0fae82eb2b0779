"""A look at a table without changing it: some rows, a sample, before and after."""
