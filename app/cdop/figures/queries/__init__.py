"""What figures are made of, and what is kept of them."""
