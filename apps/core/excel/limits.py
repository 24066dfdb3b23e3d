"""How large a workbook may be. Two sets: read while somebody waits, and read by the bulk-import job."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Upper bounds of one upload. Bytes are of the unpacked content unless the name says `file`."""

    file_bytes: int = 10 * MEGABYTE
    members: int = 200
    member_bytes: int = 20 * MEGABYTE
    total_bytes: int = 40 * MEGABYTE
    ratio: int = 200
    """Unpacked to packed bytes of a package over `harmless_bytes`; a sheet of one repeated word comes to 30."""
    harmless_bytes: int = 20 * MEGABYTE
    depth: int = 32
    attributes: int = 64
    row_cells: int = 256
    rows: int = 20_000
    columns: int = 256
    shared_strings: int = 100_000
    sheets: int = 64
    merged_ranges: int = 20_000
    area_cells: int = 1_000_000
    """All cells of merged ranges and of links over ranges: openpyxl makes an object of each."""
    token_bytes: int = 1 * MEGABYTE
    """Longest single tag, comment or attribute. Older expat reads a long one again with each chunk (CVE-2023-52425)."""
    csv_field: int = 10_000
    csv_columns: int = 64


INTERACTIVE = Limits()
BULK = Limits(
    file_bytes=60 * MEGABYTE,
    member_bytes=400 * MEGABYTE,
    total_bytes=600 * MEGABYTE,
    rows=200_000,
    columns=64,
    shared_strings=2_000_000,
    merged_ranges=200_000,
)
