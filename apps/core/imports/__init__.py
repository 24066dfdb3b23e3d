"""Workbooks into registers: upload, match the columns, check every row, show the result, write all rows or none.

The flow (`services`, `steps`, `pages`) is the same for every register.  What is special to one is its `Importer`;
without one of its own a register is filled through its form (`FormImporter`).
"""
