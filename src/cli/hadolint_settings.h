/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Hadolint's settings: its environment variables, .hadolint.yaml and options, merged as
 * Hadolint does (lib/Hadolint/Config in its sources). Later sources win; lists are joined.
 */

#include "base/buf.h"
#include "cli/cli.h"
#include "dockerfile/rules.h"

enum { STK_HADOLINT_UNSET = -1 };

/* Levels as Hadolint names them, worst first. */
enum stk_hadolint_level {
	STK_HADOLINT_ERROR,
	STK_HADOLINT_WARNING,
	STK_HADOLINT_INFO,
	STK_HADOLINT_STYLE,
	STK_HADOLINT_LEVELS
};

/* What one source, or all of them merged, say; unset members leave what is below. */
struct stk_hadolint_settings {
	struct stk_str file; /* the configuration file that was read, or empty */
	/* 0, 1 or STK_HADOLINT_UNSET */
	int no_fail, no_color, verbose, strict_labels, disable_ignore_pragma;
	struct stk_str threshold; /* "error" "warning" "info" "style" "ignore" "none", or empty */
	struct stk_strs formats, ignored, trusted_registries;
	struct stk_strs overrides[STK_HADOLINT_LEVELS];
	struct {
		struct stk_label_rule *v;
		size_t n, cap;
	} labels;
};

/* Nothing set. */
struct stk_hadolint_settings stk_hadolint_settings_new(void);
/* Puts what the environment says on top; get is getenv, or a test's. */
void stk_hadolint_settings_environment(struct stk_arena *arena, char *(*get)(const char *name),
				       struct stk_hadolint_settings *out);
/* Puts a configuration file's settings on top. Unknown keys are ignored. */
int stk_hadolint_settings_yaml(struct stk_arena *arena, struct stk_str text, struct stk_str file,
			       struct stk_hadolint_settings *out, struct stk_err *err);
/* The configuration file that Hadolint would find from here, or empty. */
struct stk_str stk_hadolint_settings_find(struct stk_arena *arena, char *(*get)(const char *name));
/* Does the text have keys that only Hadolint's configuration has? */
bool stk_hadolint_settings_is(struct stk_arena *arena, struct stk_str text);
/* Reads "name:type" or "name" into the label schema. False for an unknown type. A name that is there already stays as
 * it is. */
bool stk_hadolint_settings_label(struct stk_arena *arena, struct stk_str text, struct stk_hadolint_settings *out);
/* The severity that stands for a threshold's name: STK_SEV_COUNT for "none". False for another word. */
bool stk_hadolint_threshold(struct stk_str name, enum stk_severity *out);
/* Gives findings from `first` on the severity that the overrides say. */
void stk_hadolint_settings_override(const struct stk_hadolint_settings *settings, struct stk_report *report,
				    size_t first);
/* The settings as one JSON object, under the names of the configuration file. */
void stk_hadolint_settings_print(struct stk_buf *out, const struct stk_hadolint_settings *settings);
