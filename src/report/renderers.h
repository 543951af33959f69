/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One function a format, each in a file of its own; format.c lists them. Only format.c includes
 * this.
 */

#include "report/format.h"

stk_render_fn stk_render_checkstyle;	     /* checkstyle.c */
stk_render_fn stk_render_codacy;	     /* codacy.c */
stk_render_fn stk_render_codeclimate;	     /* codeclimate.c */
stk_render_fn stk_render_csv;		     /* csv.c */
stk_render_fn stk_render_github;	     /* github.c */
stk_render_fn stk_render_gitlab_codeclimate; /* codeclimate.c */
stk_render_fn stk_render_gitlab_scanning;    /* gitlab_scanning.c */
stk_render_fn stk_render_gitleaks;	     /* gitleaks.c */
stk_render_fn stk_render_gnu;		     /* gnu.c */
stk_render_fn stk_render_hadolint;	     /* hadolint.c */
stk_render_fn stk_render_hadolint_sarif;     /* hadolint_sarif.c */
stk_render_fn stk_render_html;		     /* html.c */
stk_render_fn stk_render_json;		     /* json.c */
stk_render_fn stk_render_junit;		     /* junit.c */
stk_render_fn stk_render_markdown;	     /* markdown.c */
stk_render_fn stk_render_sarif;		     /* sarif.c */
stk_render_fn stk_render_sonarqube;	     /* sonarqube.c */
stk_render_fn stk_render_table;		     /* table.c */
stk_render_fn stk_render_trivy;		     /* trivy.c */
stk_render_fn stk_render_tty;		     /* tty.c */
