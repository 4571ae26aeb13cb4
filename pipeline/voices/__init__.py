"""Who speaks: profiles in voices/*.toml, and voices that are installed as files."""
