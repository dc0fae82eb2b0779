"""From a list of modules to a clean table: plan, passes, batches, accounts."""
