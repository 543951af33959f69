/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What may stand at each place of a Compose file, and what every step of loading does there.
 * One table (schema.c) serves validation (the JSON schema of compose-spec), interpolation
 * casts, merging, de-duplication, short forms, defaults, paths and the final typed form, so
 * that they cannot drift apart.
 *
 * A new attribute of compose-spec is a row; a new kind of short form or merge is a value of an
 * enum here and a case in the step that it belongs to.
 */

#include "compose/node.h"

/* Types that a value may have; a JSON integer is also a number. */
enum {
	STK_T_NULL = 1,
	STK_T_BOOL = 2,
	STK_T_INT = 4,
	STK_T_NUMBER = 8,
	STK_T_STRING = 16,
	STK_T_LIST = 32,
	STK_T_MAP = 64,
	STK_T_ANY = 127,
};

/* What the text of a string is turned into once its variables are replaced. */
enum stk_compose_cast { STK_CAST_NONE, STK_CAST_BOOL, STK_CAST_INT, STK_CAST_FLOAT };

enum stk_compose_merge {
	STK_MERGE_DEFAULT, /* maps by key, lists appended, scalars replaced */
	STK_MERGE_REPLACE,
	STK_MERGE_SEQUENCE, /* list or map, as a list of k=v, appended */
	STK_MERGE_NAMES,    /* list or map, as a map with null values */
	STK_MERGE_BUILD,
	STK_MERGE_DEPENDS,
	STK_MERGE_HOSTS,
	STK_MERGE_IPAM,
	STK_MERGE_LOGGING,
	STK_MERGE_LATER,
};

/* By what the items of a list are told apart: a later one replaces an earlier one of the same key. */
enum stk_compose_unique {
	STK_UNIQUE_NONE,
	STK_UNIQUE_NAME,
	STK_UNIQUE_DEVICE,
	STK_UNIQUE_ENV_FILE,
	STK_UNIQUE_EXPOSE,
	STK_UNIQUE_CONFIG,
	STK_UNIQUE_PORT,
	STK_UNIQUE_SECRET,
	STK_UNIQUE_VOLUME
};

/* How a short form becomes the long one. */
enum stk_compose_long {
	STK_LONG_NONE,
	STK_LONG_BUILD,
	STK_LONG_DEPENDS,
	STK_LONG_DEVICE,
	STK_LONG_ENV_FILE,
	STK_LONG_EXTENDS,
	STK_LONG_EXTERNAL,
	STK_LONG_GPUS,
	STK_LONG_KEY_VALUE,
	STK_LONG_LIST,
	STK_LONG_MOUNT_FILE,
	STK_LONG_NAMES,
	STK_LONG_PORTS,
	STK_LONG_SSH,
	STK_LONG_TEXT,
	STK_LONG_ULIMIT,
	STK_LONG_VOLUME
};

/* Defaults, checks across keys and paths of one place. */
enum stk_compose_role {
	STK_ROLE_NONE,
	STK_ROLE_BUILD,
	STK_ROLE_CONFIG,
	STK_ROLE_CONTEXT,
	STK_ROLE_DEVICE_REQUEST,
	STK_ROLE_MOUNT,
	STK_ROLE_PATH,
	STK_ROLE_PORT,
	STK_ROLE_SECRET,
	STK_ROLE_SECRET_MOUNT,
	STK_ROLE_UNIX_PATH,
	STK_ROLE_VOLUME,
	STK_ROLE_WATCH_PATH
};

/* The final form, as Compose's Go structs hold and print it. */
enum stk_compose_form {
	STK_FORM_ANY, /* as it is */
	STK_FORM_STRING,
	STK_FORM_BOOL,
	STK_FORM_INT,
	STK_FORM_COUNT_NUMBER /* no negatives */,
	STK_FORM_FLOAT,
	STK_FORM_CPUS,
	STK_FORM_BYTES,
	STK_FORM_DURATION,
	STK_FORM_COMMAND,
	STK_FORM_TEST,
	STK_FORM_MODE,
	STK_FORM_DEVICE_COUNT,
	STK_FORM_ULIMIT,
	STK_FORM_STRINGS, /* a list of strings */
	STK_FORM_ENVIRONMENT /* list or map, values may be missing */,
	STK_FORM_MAPPING /* missing values are "" */,
	STK_FORM_OPTIONS,
	STK_FORM_MULTI_OPTIONS /* values may be lists */,
	STK_FORM_HOSTS,
	STK_FORM_SSH,
	STK_FORM_EXTERNAL,
	STK_FORM_STRUCT, /* the known fields in their order */
	STK_FORM_MAP,	 /* of `values` */
	STK_FORM_LIST,	 /* of `items` */
	STK_FORM_DROP,	 /* resolved before printing */
};

/* Which free keys a map may have. */
enum stk_compose_names {
	STK_NAMES_NONE,
	STK_NAMES_ANY,
	STK_NAMES_RESOURCE /* [a-zA-Z0-9._-]+ */,
	STK_NAMES_LOWER /* [a-z]+ */
};

struct stk_compose_schema;

/* A key of a map that the schema knows. */
struct stk_compose_field {
	struct stk_str name;
	const struct stk_compose_schema *schema;
};

/* One place: types, what each step does, limits, and what may stand inside. Zeroed members do
   nothing. */
struct stk_compose_schema {
	uint8_t types;
	uint8_t cast, merge, unique, longer, role, form, names; /* enums above */
	bool open;	 /* keys that are neither fields nor names are let through */
	bool extensible; /* x-… may stand here */
	bool distinct;	 /* no two equal items */
	bool keep_zero;	 /* printed even when zero, false or "" */
	bool always;	 /* printed even when absent: {} or null */
	bool bounded;
	int64_t least, most;		      /* of an integer, when bounded */
	const char *choices;		      /* of a string: "host|private" */
	bool (*matches)(struct stk_str text); /* of a string */
	const char *pattern;		      /* what `matches` stands for, for messages */
	const char *required;		      /* fields that must be there: "path|action" */
	const struct stk_compose_field *fields;
	size_t n_fields;
	const struct stk_compose_schema *values; /* of free keys */
	const struct stk_compose_schema *items;	 /* of a list */
};

/* The root, and the place services.NAME. */
extern const struct stk_compose_schema stk_compose_project_schema;
extern const struct stk_compose_schema *const stk_compose_service_schema;

/* The schema of a map's key, or NULL when nothing is known about it (an x- key, an unknown one). */
const struct stk_compose_schema *stk_compose_schema_of(const struct stk_compose_schema *map, struct stk_str key);
const struct stk_compose_schema *stk_compose_field_of(const struct stk_compose_schema *map, struct stk_str key);
