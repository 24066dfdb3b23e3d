"""What handing in a visit does: check that it is whole, freeze its record, make hazards and papers of its problems."""
