"""Tells addresses that editors name what happens to polls. Messages are thin: whoever gets one asks the API.

`outbox` writes what is to be told, in the transaction of the deed that it tells of. `clock` finds what happens without
a deed: polls that open and close by their schedule, and results that move. `deliveries` says what is due, who sends it
and when it is tried again; `sending` sends it, to where `addresses` lets it and signed by `signatures`. `receivers` is
what editors do with a webhook. The running service does the rest: `project.couriers`.
"""
