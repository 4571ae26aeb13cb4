"""`python -m pipeline` is `make-audiobook`."""

from pipeline.cli import main

if __name__ == "__main__":
    main()
