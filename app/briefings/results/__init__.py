"""What came of an issue: clicks, receipts, results, coverage."""
