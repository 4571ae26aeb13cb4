"""What goes out beside the audio."""
