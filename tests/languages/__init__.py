"""What is said in each language that has a table: sentences, and those that stay as they are."""
