"""The double-random draw as pure functions of what is published: nothing here asks a database or a clock.

`drawn(terms, pool, inspectors, seed)` in `drawing` is the whole; the verifiers that are handed out are written a second
time on purpose, so that one mistake does not confirm itself.
"""

ALGORITHM = "hebei-draw/2"
"""Goes into seed and personalisation: another way of drawing has another name.

What was announced as /1 had the numbers that follow from rates rounded up, and has them in its terms; it is drawn by
them and under its own name.
"""
