/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Secrets of a container image: in the contents of every layer, whether or not a later one deleted them, in the
 * configuration (environment, labels, commands, health check) and in the history (build arguments, RUN lines).
 *
 *     stk_secret_image_begin(&s, engine, arena, &image);       looks at the configuration
 *     visitors[n++] = s.visitor;                                the layers, in anybody's scan
 *     stk_image_scan(..., visitors, n, ..., &scan, &err);
 *     stk_secret_image_report(&s, &report, target, dockerfile);
 */

#include "image/scan.h"
#include "secret/secret.h"
#include "secret/vendor.h"

struct stk_secret_image {
	struct stk_arena *arena;
	const struct stk_secret_engine *engine;
	struct stk_image *image;
	struct stk_visitor visitor; /* for stk_image_scan */
	struct stk_secret_scan *scan;
	/* private: */
	struct stk_secret_crew *crew;	    /* searches while the layers are read; or NULL: it is done at once */
	struct stk_secret_pending *pending; /* files that the crew has */
	struct {
		struct stk_secret_place *v;
		size_t n, cap;
	} places;		      /* where each finding of a layer stands */
	struct stk_strs recorded;     /* the history as it was, for finding a Dockerfile's lines */
	struct stk_strs instructions; /* the same with every secret in it masked, one text a line */
	struct stk_secret_vendor vendor;
	bool reading, listing; /* a file is being handed over */
	struct stk_buf list;
	size_t before, before_history, config_found;
};

/* The values of all secrets in an image's configuration and history, also of those too uncertain to be reported: what
   no report may show (stk_secret_mask_values). They live on the arena. -1 only when no engine could be made. */
int stk_secret_image_values(struct stk_arena *arena, struct stk_image *image, struct stk_strs *out,
			    struct stk_err *err);
/* Takes the configuration in and makes the visitor. The image must stay; in its history and its layers' instructions
   the values are masked from then on (none: nothing is). */
void stk_secret_image_begin(struct stk_secret_image *s, const struct stk_secret_engine *engine, struct stk_arena *arena,
			    struct stk_image *image, const struct stk_strs *values);
/* Ends s when its report is not wanted: the scan failed. */
void stk_secret_image_end(struct stk_secret_image *s);
/* After the scan: adds a finding for each secret, with layer, path, line, instruction and, when its text is given (not
   empty), the Dockerfile's line (dockerfile_name says whose). Ends s. */
void stk_secret_image_report(struct stk_secret_image *s, struct stk_report *report, size_t target,
			     struct stk_str dockerfile, struct stk_str dockerfile_name);
/* The number of findings below the wanted confidence. */
size_t stk_secret_image_weaker(const struct stk_secret_image *s);
/* The number of archives among test data that break off. */
size_t stk_secret_image_spoilt(const struct stk_secret_image *s);
