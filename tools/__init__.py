"""Scripts behind the Makefile: set up, serve, test. They know nothing of the domain."""
