/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Every ceiling of the program on one page: what it will accept from bytes it does not trust. A
 * reader gets its ceiling when it is made (stk_buf_new, stk_file_read) and reports STK_ELIMIT
 * when it is reached, never a shorter result.
 *
 * Each is meant to lie far above what real inputs need, and low enough that a hostile one cannot take the machine.
 * Ceilings that only one file knows, such as the longest chain of a lookup, stand in that file.
 */

/* Binary units; STK_GIB is 64 bits wide also where size_t is not. */
#define STK_KIB(n) ((size_t)(n) << 10)
#define STK_MIB(n) ((size_t)(n) << 20)
#define STK_GIB(n) ((uint64_t)(n) << 30)

enum {
	STK_LIMIT_DEPTH = 64,	 /* nesting of any recursive format: JSON, YAML, shell, archives' directories */
	STK_LIMIT_SYMLINKS = 40, /* links followed while one path is resolved, as in Linux */
};

#define STK_LIMIT_TEXT_FILE	  STK_MIB(16)  /* a Dockerfile, Compose file, configuration */
#define STK_LIMIT_JSON_FILE	  STK_MIB(512) /* a report or advisory document */
#define STK_LIMIT_COMPOSE_ALIASED 500000       /* values that a Compose file's aliases may expand to */
#define STK_LIMIT_COMPOSE_COPIED  1000000      /* values that services may take over from those they extend */
#define STK_LIMIT_COMPOSE_FILES	  1000	       /* files of one Compose project, each as often as it is included */
#define STK_LIMIT_COMPOSE_BYTES	  STK_MIB(64)  /* their text */
#define STK_LIMIT_CONTEXT_DEPTH	  256	       /* folders within folders of a build context */
#define STK_LIMIT_CONTEXT_ENTRIES 5000000      /* files and folders of a build context */
#define STK_LIMIT_OUTPUT	  STK_GIB(1)   /* a rendered report */

#define STK_LIMIT_INFLATE	  STK_GIB(1024) /* bytes one compressed stream may give */
#define STK_LIMIT_INFLATE_RATIO	  20000		/* times its input, once past 1 GiB */
#define STK_LIMIT_ZSTD_WINDOW_LOG 27		/* 128 MiB, what zstd --long=27 makes */
#define STK_LIMIT_TAR_META	  STK_MIB(1)	/* a pax header, a GNU long name */
#define STK_LIMIT_ARCHIVE_MEMBERS 200000	/* members of an image archive */
#define STK_LIMIT_MANIFEST	  STK_MIB(4)	/* a manifest, index or image configuration */
#define STK_LIMIT_WHOLE_FILE	  STK_MIB(512)	/* a file of an image that is looked at in one piece: rpm databases */
#define STK_LIMIT_LAYERS	  1024		/* layers of an image; Docker stops at 127 */
#define STK_LIMIT_TREE		  STK_MIB(1024) /* what a scan keeps of an image's tree */
