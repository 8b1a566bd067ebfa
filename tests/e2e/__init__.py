"""The product as people meet it: real processes, a real browser, a real mail server."""
