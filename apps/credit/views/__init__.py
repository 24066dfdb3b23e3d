"""Pages of credit supervision that are no register's."""
