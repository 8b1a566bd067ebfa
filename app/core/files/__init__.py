"""Files that people hand in: kept outside the web root, known by their content, served as downloads."""
