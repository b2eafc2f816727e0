# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Sphinx makes the site. "make docs" lays out the pages, then calls it; nothing is fetched from the network."""

from __future__ import annotations

project = "gatehouse.huaweicloud"
author = "Gatehouse contributors"
project_copyright = "Gatehouse contributors"
html_title = "Gatehouse for Huawei Cloud"

extensions = ["myst_parser", "sphinx.ext.intersphinx", "sphinx_antsibull_ext"]
exclude_patterns = ["_*"]
root_doc = "index"

# A file of the repository is one page here and there: its links are relative paths, and its headings have anchors.
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]

# What antsibull-docs refers to in Ansible's own documentation; the targets stand in a file that is written beside the pages.
intersphinx_mapping = {"ansible": ("https://docs.ansible.com/projects/ansible/latest/", "_labels.inv")}
nitpicky = True
default_role = "any"

highlight_language = "YAML+Jinja"
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_use_index = False
html_domain_indices = False

# The tables of options follow the theme, light or dark.
antsibull_ext_color_scheme = "none"
_TABLES = {
    **{f"antsibull-table-background-{part}": "var(--color-background-primary)" for part in ("odd", "even")},
    **{f"antsibull-{part}": "var(--color-background-secondary)" for part in ("table-background-header", "narrowtable-background", "deprecation-background")},
    **{f"antsibull-{part}": "var(--color-background-border)" for part in ("table-border", "deprecation-border")},
    **{f"antsibull-links-{part}": "var(--color-background-secondary)" for part in ("background", "background-active")},
    **{f"antsibull-{part}": "var(--color-link)" for part in ("links-text", "links-focus-outline")},
    **{f"antsibull-{part}": "var(--color-foreground-primary)" for part in ("option-sample-header", "deprecation-color")},
    "antsibull-attribute-support-na": "inherit",
}


def _colours(kind: str, needed: str, since: str, example: str, partly: str) -> dict[str, str]:
    """The colours of what the tables of options say of an option."""
    told = {
        kind: ("option-type", "option-elements"),
        needed: ("option-required", "attribute-support-none"),
        partly: ("attribute-support-partial",),
        since: ("option-version-added", "option-aliases", "attribute-support-full"),
        example: ("option-default", "option-sample"),
    }
    return _TABLES | {f"antsibull-{part}": colour for colour, parts in told.items() for part in parts}


html_theme_options = {
    "source_repository": "https://github.com/gatehouse/huaweicloud/",
    "top_of_page_buttons": [],
    "light_css_variables": _colours("#7b1fa2", "#b00020", "#1b5e20", "#1f4fb4", "#7a5c00"),
    "dark_css_variables": _colours("#e0a3f0", "#ff9a9a", "#8fd694", "#a9bcff", "#dcc25a"),
}
