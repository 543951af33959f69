/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* OSV records from where they lie: a .json file, a .zip of them, or a folder of both at any depth. */

#include "advisory/builder.h"

/* Set builder, and progress if wanted; broken records are counted, and the first is explained. */
struct stk_import {
	struct stk_builder *builder;
	size_t files, broken;	     /* read; of these: no OSV record */
	struct stk_err first_broken; /* why the first of those is none */
	void (*progress)(void *context, struct stk_str name, uint64_t done,
			 uint64_t total); /* records of one zip; may be NULL */
	void *context;
};

/* Adds everything below path. A record that cannot be read is counted and left out; a zip or folder that cannot, is an
 * error. */
int stk_import_path(struct stk_import *import, const char *path, struct stk_err *err);
/* One record; name is for the message about a broken one. */
void stk_import_record(struct stk_import *import, struct stk_str text, const char *name);
