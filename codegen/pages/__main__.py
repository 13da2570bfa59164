"""`python -m codegen.pages FOLDER [FAMILY...]`: writes the sources of the site, for all families or these."""

from __future__ import annotations

import sys
from pathlib import Path

from codegen.pages import site

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    site.write(Path(sys.argv[1]), sys.argv[2:] or None)
