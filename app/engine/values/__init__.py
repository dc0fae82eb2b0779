"""What a cell may mean: numbers, dates, names, tokens for nothing, and how each is written."""
