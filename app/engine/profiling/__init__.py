"""What a column holds, told from one pass, in bounded memory. app.engine.profile is the face.

counts      texts and how often each occurs: exact while they are few
distinct    how many different texts there are, once they are many
histogram   how numbers and days are spread
patterns    the shape of a text: Aa 999
measures    numbers and days, under every reading they might have
column      one column's profile, and what it comes to
"""
