"""A province of thousands of people at work for a season, and the few among them who take data out.

It is written from what such offices do and from what is known of such thefts, and knows nothing of who looks for them:
nothing here imports a detector, and no constant is a detector's (docs/decisions/034).
"""
