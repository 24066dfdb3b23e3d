"""What phones fetch before a visit and send back after it: the data, the batches of writes, the photographs."""
