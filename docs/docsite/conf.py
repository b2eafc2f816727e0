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
html_theme_options = {"source_repository": "https://github.com/gatehouse/huaweicloud/", "top_of_page_buttons": []}
