"""Hazard ledgers as offices keep them, into the ledger of the platform.

`fields` says how the columns are called, `entries` what one row means, `parties` which project and firm a name
means, `newcomers` makes those that are new, `writer` writes in bulk, `importer` ties them together.
"""
