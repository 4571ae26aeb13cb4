"""From text as written to text as spoken: clean -> speak -> sentences."""
