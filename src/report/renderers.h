/* SPDX-License-Identifier: Apache-2.0 */
/* One function a format, each in a file of its own; format.c lists them. */
#pragma once
#include "report/format.h"

stk_render_fn stk_render_csv;      /* csv.c */
stk_render_fn stk_render_github;   /* github.c */
stk_render_fn stk_render_gitlab_scanning; /* gitlab_scanning.c */
stk_render_fn stk_render_html;     /* html.c */
stk_render_fn stk_render_json;     /* json.c */
stk_render_fn stk_render_markdown; /* markdown.c */
stk_render_fn stk_render_sarif;    /* sarif.c */
stk_render_fn stk_render_table;    /* table.c */
stk_render_fn stk_render_trivy;    /* trivy.c */
