"""How Sphinx builds the site from what `python -m codegen.pages` wrote. Pages need no server and no network."""

from __future__ import annotations

from pathlib import Path

project = "mcore-mappers"
project_copyright = "the mcore-mappers authors"
html_title = project
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]

html_theme = "furo"
html_static_path = [str(Path(__file__).with_name("static"))]
html_css_files = ["site.css"]
html_js_files = [
    ("mapping.js", {"defer": "defer"}),
    ("filter.js", {"defer": "defer"}),
    ("cards.js", {"defer": "defer"}),
]
html_search_scorer = str(Path(__file__).with_name("scorer.js"))
pygments_dark_style = "a11y-dark"
html_copy_source = False
html_show_sourcelink = False
# Pages that come from the file system cannot be fetched by the search for a summary.
html_show_search_summary = False

# Links to headings, as forges have them.
myst_heading_anchors = 4

# In docstrings, what single backticks stand around is code.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
add_module_names = False
