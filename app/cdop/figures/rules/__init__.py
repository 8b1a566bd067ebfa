"""The rules of published figures: pure functions on counts, without database or pages.

`counts` says what a count, a statistic and a mark are; `tables` makes the statistics of a publication from
its dimensions, years and pools; `suppression` decides what is shown of each; `proof` holds that decision
against a reader who puts everything ever shown together, in whole numbers and without trusting how it was
made. Beside them `percentages`, `revisions` and `rates`.
"""
