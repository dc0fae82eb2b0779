"""How app.engine.suggest comes to its suggestions.

trial       run modules over a table for the sake of what they would do
evidence    what a trial shows beyond its report
keys        whether rows that say the same are proven to be one row twice
steps       from a trial to the steps it proves, each with its reason
"""
