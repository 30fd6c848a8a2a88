"""`python -m xrviewer`."""

from xrviewer.cli import main

if __name__ == "__main__":
    main()
