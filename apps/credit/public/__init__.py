"""What anybody may read of credit without signing in."""
