/* SPDX-License-Identifier: Apache-2.0 */
/* The table of everything that a Compose file may hold: compose-spec as Compose 2.40 has it. Fields stand in the order
 * in which Compose prints them. */
#include "compose/schema.h"

#include "base/banned.h"

#define NAME(text)                                                                                                     \
	{                                                                                                              \
		(text), sizeof(text) - 1                                                                               \
	}
/* A field with a schema of its own, and one with a shared one. */
#define OWN(name, ...)                                                                                                 \
	{                                                                                                              \
		NAME(name), &(const struct stk_compose_schema)                                                         \
		{                                                                                                      \
			__VA_ARGS__                                                                                    \
		}                                                                                                      \
	}
#define USE(name, other)                                                                                               \
	{                                                                                                              \
		NAME(name), &other                                                                                     \
	}
#define FIELDS(array) .fields = array, .n_fields = STK_LEN(array)

#define NUL  STK_T_NULL
#define BOOL STK_T_BOOL
#define INT  STK_T_INT
#define NUM  STK_T_NUMBER
#define STR  STK_T_STRING
#define LIST STK_T_LIST
#define MAP  STK_T_MAP

static bool is_container_name(struct stk_str text)
{
	/* [a-zA-Z0-9][a-zA-Z0-9_.-]+ somewhere in it: the schema does not anchor the pattern */
	for (size_t i = 0; i + 1 < text.n; i++) {
		char next = text.p[i + 1];
		if (stk_is_alnum(text.p[i]) && (stk_is_alnum(next) || next == '_' || next == '.' || next == '-'))
			return true;
	}
	return false;
}

static bool is_every(struct stk_str text)
{
	size_t at = stk_str_find(text, S("every_"));
	if (at == SIZE_MAX)
		return false;
	size_t i = at + 6;
	while (i < text.n && stk_is_digit(text.p[i]))
		i++;
	return i > at + 6 && i < text.n && stk_str_find_byte(S("wdhms"), text.p[i]) != SIZE_MAX;
}

static bool is_pull_policy(struct stk_str text)
{
	static const struct stk_str words[] = { NAME("always"),	 NAME("never"),	  NAME("build"), NAME("if_not_present"),
						NAME("missing"), NAME("refresh"), NAME("daily"), NAME("weekly") };
	for (size_t i = 0; i < STK_LEN(words); i++)
		if (stk_str_contains(text, words[i]))
			return true;
	return is_every(text);
}

/* Scalars. */
static const struct stk_compose_schema text = { .types = STR, .form = STK_FORM_STRING };
static const struct stk_compose_schema text_or_number = { .types = STR | NUM, .form = STK_FORM_STRING };
static const struct stk_compose_schema flag = { .types = BOOL | STR, .form = STK_FORM_BOOL };
static const struct stk_compose_schema cast_flag = { .types = BOOL | STR,
						     .form = STK_FORM_BOOL,
						     .cast = STK_CAST_BOOL };
static const struct stk_compose_schema cast_tristate = {
	.types = BOOL | STR, .form = STK_FORM_BOOL, .cast = STK_CAST_BOOL, .keep_zero = true
};
static const struct stk_compose_schema cast_number = { .types = NUM | STR, .form = STK_FORM_INT, .cast = STK_CAST_INT };
static const struct stk_compose_schema cast_count = {
	.types = INT | STR, .form = STK_FORM_COUNT_NUMBER, .cast = STK_CAST_INT, .keep_zero = true
};
static const struct stk_compose_schema bytes = { .types = NUM | STR, .form = STK_FORM_BYTES };
static const struct stk_compose_schema whole_bytes = { .types = INT | STR, .form = STK_FORM_BYTES };
static const struct stk_compose_schema duration = { .types = STR, .form = STK_FORM_DURATION, .keep_zero = true };
static const struct stk_compose_schema duration_or_none = { .types = STR, .form = STK_FORM_DURATION };
static const struct stk_compose_schema scalar_or_null = { .types = STR | NUM | BOOL | NUL };
static const struct stk_compose_schema scalar = { .types = STR | NUM | BOOL };
static const struct stk_compose_schema option = { .types = STR | NUM };
static const struct stk_compose_schema any_text = { .types = STK_T_ANY, .form = STK_FORM_STRING };

/* Lists of strings. */
static const struct stk_compose_schema texts = { .types = LIST, .items = &text, .form = STK_FORM_STRINGS };
static const struct stk_compose_schema distinct_texts = {
	.types = LIST, .items = &text, .distinct = true, .form = STK_FORM_STRINGS
};
static const struct stk_compose_schema distinct_named_texts = {
	.types = LIST, .items = &text, .distinct = true, .form = STK_FORM_STRINGS, .unique = STK_UNIQUE_NAME
};
static const struct stk_compose_schema text_or_texts = {
	.types = STR | LIST, .items = &text, .distinct = true, .form = STK_FORM_STRINGS, .longer = STK_LONG_LIST
};
static const struct stk_compose_schema merged_texts = { .types = STR | LIST,
							.items = &text,
							.distinct = true,
							.form = STK_FORM_STRINGS,
							.merge = STK_MERGE_SEQUENCE,
							.unique = STK_UNIQUE_NAME };
static const struct stk_compose_schema command = {
	.types = NUL | STR | LIST, .items = &text, .form = STK_FORM_COMMAND, .merge = STK_MERGE_REPLACE, .always = true
};

/* Maps of scalars that may also be lists of k=v. */
#define LIST_OR_MAP                                                                                                    \
	.types = MAP | LIST, .items = &text, .distinct = true, .names = STK_NAMES_ANY, .values = &scalar_or_null
#define LIST_OR_MAP_MERGED LIST_OR_MAP, .merge = STK_MERGE_SEQUENCE, .unique = STK_UNIQUE_NAME
static const struct stk_compose_schema mapping = { LIST_OR_MAP, .form = STK_FORM_MAPPING };
static const struct stk_compose_schema merged_mapping = { LIST_OR_MAP_MERGED, .form = STK_FORM_MAPPING };
static const struct stk_compose_schema merged_environment = { LIST_OR_MAP_MERGED, .form = STK_FORM_ENVIRONMENT };
static const struct stk_compose_schema environment = { LIST_OR_MAP, .form = STK_FORM_ENVIRONMENT };
static const struct stk_compose_schema network_labels = { LIST_OR_MAP_MERGED, .form = STK_FORM_MAPPING };
static const struct stk_compose_schema volume_labels = { LIST_OR_MAP, .merge = STK_MERGE_SEQUENCE,
							 .form = STK_FORM_MAPPING };
static const struct stk_compose_schema options = {
	.types = MAP, .names = STK_NAMES_ANY, .values = &option, .form = STK_FORM_OPTIONS
};
static const struct stk_compose_schema host_addresses = { .types = STR | LIST, .items = &text };
static const struct stk_compose_schema extra_hosts = { .types = MAP | LIST,
						       .items = &text,
						       .distinct = true,
						       .names = STK_NAMES_ANY,
						       .values = &host_addresses,
						       .merge = STK_MERGE_HOSTS,
						       .form = STK_FORM_HOSTS };

#define STRUCT(array) .types = MAP, FIELDS(array), .extensible = true, .form = STK_FORM_STRUCT
#define STRICT(array) .types = MAP, FIELDS(array), .form = STK_FORM_STRUCT

/* ulimits */
static const struct stk_compose_schema ulimit_number = { .types = INT | STR, .cast = STK_CAST_INT };
static const struct stk_compose_field ulimit_fields[] = { USE("soft", ulimit_number), USE("hard", ulimit_number) };
static const struct stk_compose_schema ulimit = { .types = INT | STR | MAP,
						  FIELDS(ulimit_fields),
						  .extensible = true,
						  .required = "soft|hard",
						  .cast = STK_CAST_INT,
						  .merge = STK_MERGE_LATER,
						  .longer = STK_LONG_ULIMIT,
						  .form = STK_FORM_ULIMIT };
static const struct stk_compose_schema ulimits = {
	.types = MAP, .names = STK_NAMES_LOWER, .open = true, .values = &ulimit, .form = STK_FORM_MAP
};
/* Casts and the merge rule belong to the service's own ulimits only. */
static const struct stk_compose_schema build_ulimit_number = { .types = INT | STR };
static const struct stk_compose_field build_ulimit_fields[] = { USE("soft", build_ulimit_number),
								USE("hard", build_ulimit_number) };
static const struct stk_compose_schema build_ulimit = { .types = INT | STR | MAP,
							FIELDS(build_ulimit_fields),
							.extensible = true,
							.required = "soft|hard",
							.longer = STK_LONG_ULIMIT,
							.form = STK_FORM_ULIMIT };
static const struct stk_compose_schema build_ulimits = {
	.types = MAP, .names = STK_NAMES_LOWER, .open = true, .values = &build_ulimit, .form = STK_FORM_MAP
};

/* secrets and configs of a service or build */
static const struct stk_compose_field file_mount_fields[] = {
	USE("source", text),
	USE("target", text),
	USE("uid", text),
	USE("gid", text),
	OWN("mode", .types = NUM | STR, .form = STK_FORM_MODE, .keep_zero = true),
};
static const struct stk_compose_schema secret_mount = { .types = STR | MAP,
							FIELDS(file_mount_fields),
							.extensible = true,
							.longer = STK_LONG_MOUNT_FILE,
							.role = STK_ROLE_SECRET_MOUNT,
							.form = STK_FORM_STRUCT };
static const struct stk_compose_schema file_mount = { .types = STR | MAP,
						      FIELDS(file_mount_fields),
						      .extensible = true,
						      .longer = STK_LONG_MOUNT_FILE,
						      .form = STK_FORM_STRUCT };

/* build */
static const struct stk_compose_schema context = { .types = STR, .role = STK_ROLE_CONTEXT, .form = STK_FORM_STRING };
static const struct stk_compose_schema context_value = { .types = STR | NUM | BOOL | NUL, .role = STK_ROLE_CONTEXT };
static const struct stk_compose_schema ssh_path = { .types = STR | NUM | BOOL | NUL, .role = STK_ROLE_UNIX_PATH };
static const struct stk_compose_field build_fields[] = {
	USE("context", context),
	USE("dockerfile", text),
	USE("dockerfile_inline", text),
	USE("entitlements", texts),
	USE("args", merged_environment),
	OWN("provenance", .types = STR | BOOL, .longer = STK_LONG_TEXT, .form = STK_FORM_STRING),
	OWN("sbom", .types = STR | BOOL, .longer = STK_LONG_TEXT, .form = STK_FORM_STRING),
	OWN("ssh", .types = MAP | LIST, .items = &text, .distinct = true, .names = STK_NAMES_ANY, .values = &ssh_path,
	    .longer = STK_LONG_SSH, .form = STK_FORM_SSH),
	USE("labels", merged_mapping),
	USE("cache_from", texts),
	USE("cache_to", texts),
	USE("no_cache", flag),
	OWN("additional_contexts", .types = MAP | LIST, .items = &text, .distinct = true, .names = STK_NAMES_ANY,
	    .values = &context_value, .merge = STK_MERGE_SEQUENCE, .unique = STK_UNIQUE_NAME,
	    .longer = STK_LONG_KEY_VALUE, .form = STK_FORM_MAPPING),
	USE("pull", flag),
	USE("extra_hosts", extra_hosts),
	USE("isolation", text),
	USE("network", text),
	USE("target", text),
	OWN("secrets", .types = LIST, .items = &file_mount, .form = STK_FORM_LIST),
	USE("shm_size", whole_bytes),
	OWN("tags", .types = LIST, .items = &text, .unique = STK_UNIQUE_NAME, .form = STK_FORM_STRINGS),
	USE("ulimits", build_ulimits),
	USE("platforms", texts),
	USE("privileged", flag),
};

/* blkio_config: its items are printed with Go's field names, as they carry no tags */
static const struct stk_compose_field blkio_limit_fields[] = {
	OWN("path", .types = STR, .form = STK_FORM_STRING, .always = true),
	OWN("rate", .types = INT | STR, .form = STK_FORM_BYTES, .always = true)
};
static const struct stk_compose_field blkio_weight_fields[] = {
	OWN("path", .types = STR, .form = STK_FORM_STRING, .always = true),
	OWN("weight", .types = INT | STR, .form = STK_FORM_COUNT_NUMBER, .always = true)
};
static const struct stk_compose_schema blkio_limit = { STRICT(blkio_limit_fields) };
static const struct stk_compose_schema blkio_weight = { STRICT(blkio_weight_fields) };
static const struct stk_compose_schema blkio_limits = { .types = LIST, .items = &blkio_limit, .form = STK_FORM_LIST };
static const struct stk_compose_field blkio_fields[] = {
	OWN("weight", .types = INT | STR, .form = STK_FORM_COUNT_NUMBER),
	OWN("weight_device", .types = LIST, .items = &blkio_weight, .form = STK_FORM_LIST),
	USE("device_read_bps", blkio_limits),
	USE("device_read_iops", blkio_limits),
	USE("device_write_bps", blkio_limits),
	USE("device_write_iops", blkio_limits),
};

/* develop, hooks */
static const struct stk_compose_field hook_fields[] = {
	OWN("command", .types = NUL | STR | LIST, .items = &text, .form = STK_FORM_COMMAND, .always = true),
	USE("user", text),
	USE("privileged", flag),
	USE("working_dir", text),
	USE("environment", environment),
};
static const struct stk_compose_schema hook = { STRUCT(hook_fields), .required = "command" };
static const struct stk_compose_schema hooks = { .types = LIST, .items = &hook, .form = STK_FORM_LIST };
static const struct stk_compose_field watch_fields[] = {
	OWN("path", .types = STR, .role = STK_ROLE_WATCH_PATH, .form = STK_FORM_STRING, .keep_zero = true),
	OWN("action", .types = STR, .choices = "rebuild|sync|restart|sync+restart|sync+exec", .form = STK_FORM_STRING,
	    .keep_zero = true),
	USE("target", text),
	OWN("exec", STRUCT(hook_fields), .required = "command", .always = true),
	USE("include", text_or_texts),
	USE("ignore", text_or_texts),
	OWN("initial_sync", .types = BOOL, .form = STK_FORM_BOOL),
};
static const struct stk_compose_schema watch = { STRUCT(watch_fields), .required = "path|action" };
static const struct stk_compose_field develop_fields[] = { OWN("watch", .types = LIST, .items = &watch,
							       .form = STK_FORM_LIST) };

/* deploy */
static const struct stk_compose_field update_fields[] = {
	USE("parallelism", cast_count),
	USE("delay", duration_or_none),
	USE("failure_action", text),
	USE("monitor", duration_or_none),
	OWN("max_failure_ratio", .types = NUM | STR, .cast = STK_CAST_FLOAT, .form = STK_FORM_FLOAT),
	OWN("order", .types = STR, .choices = "start-first|stop-first", .form = STK_FORM_STRING),
};
static const struct stk_compose_field device_request_fields[] = {
	USE("capabilities", distinct_texts),
	USE("driver", text),
	OWN("count", .types = STR | INT, .form = STK_FORM_DEVICE_COUNT),
	USE("device_ids", distinct_texts),
	USE("options", mapping),
};
static const struct stk_compose_schema device_request = { STRUCT(device_request_fields), .required = "capabilities",
							  .role = STK_ROLE_DEVICE_REQUEST };
static const struct stk_compose_schema gpu = { STRUCT(device_request_fields), .open = true,
					       .role = STK_ROLE_DEVICE_REQUEST };
static const struct stk_compose_field discrete_fields[] = {
	OWN("kind", .types = STR, .form = STK_FORM_STRING, .always = true),
	OWN("value", .types = NUM | STR, .form = STK_FORM_INT, .always = true)
};
static const struct stk_compose_field generic_fields[] = { OWN("discrete_resource_spec", STRUCT(discrete_fields)) };
static const struct stk_compose_schema generic_resource = { STRUCT(generic_fields) };
static const struct stk_compose_field limit_fields[] = {
	OWN("cpus", .types = NUM | STR, .form = STK_FORM_CPUS),
	OWN("memory", .types = STR, .form = STK_FORM_BYTES),
	OWN("pids", .types = INT | STR, .form = STK_FORM_INT),
};
static const struct stk_compose_field reservation_fields[] = {
	OWN("cpus", .types = NUM | STR, .form = STK_FORM_CPUS),
	OWN("memory", .types = STR, .form = STK_FORM_BYTES),
	OWN("devices", .types = LIST, .items = &device_request, .form = STK_FORM_LIST),
	OWN("generic_resources", .types = LIST, .items = &generic_resource, .form = STK_FORM_LIST),
};
static const struct stk_compose_field resources_fields[] = { OWN("limits", STRUCT(limit_fields)),
							     OWN("reservations", STRUCT(reservation_fields)) };
static const struct stk_compose_field restart_fields[] = {
	USE("condition", text),
	USE("delay", duration),
	USE("max_attempts", cast_count),
	USE("window", duration),
};
static const struct stk_compose_field preference_fields[] = { USE("spread", text) };
static const struct stk_compose_schema preference = { STRUCT(preference_fields) };
static const struct stk_compose_field placement_fields[] = {
	USE("constraints", texts),
	OWN("preferences", .types = LIST, .items = &preference, .form = STK_FORM_LIST),
	OWN("max_replicas_per_node", .types = INT | STR, .cast = STK_CAST_INT, .form = STK_FORM_COUNT_NUMBER),
};
static const struct stk_compose_field deploy_fields[] = {
	USE("mode", text),
	OWN("replicas", .types = INT | STR, .cast = STK_CAST_INT, .form = STK_FORM_INT, .keep_zero = true),
	USE("labels", merged_mapping),
	OWN("update_config", STRUCT(update_fields)),
	OWN("rollback_config", STRUCT(update_fields)),
	OWN("resources", STRUCT(resources_fields), .always = true),
	OWN("restart_policy", STRUCT(restart_fields)),
	OWN("placement", STRUCT(placement_fields), .always = true),
	USE("endpoint_mode", text),
};

static const struct stk_compose_field healthcheck_fields[] = {
	OWN("test", .types = STR | LIST, .items = &text, .merge = STK_MERGE_REPLACE, .form = STK_FORM_TEST),
	USE("timeout", duration),
	USE("interval", duration),
	OWN("retries", .types = NUM | STR, .cast = STK_CAST_INT, .form = STK_FORM_COUNT_NUMBER, .keep_zero = true),
	USE("start_period", duration),
	USE("start_interval", duration),
	USE("disable", cast_flag),
};

static const struct stk_compose_field logging_fields[] = {
	USE("driver", text),
	OWN("options", .types = MAP, .names = STK_NAMES_ANY,
	    .values = &(const struct stk_compose_schema){ .types = STR | NUM | NUL }, .form = STK_FORM_OPTIONS),
};

/* networks of a service */
static const struct stk_compose_field attachment_fields[] = {
	USE("aliases", distinct_named_texts),
	USE("driver_opts", options),
	OWN("gw_priority", .types = NUM, .form = STK_FORM_INT),
	USE("interface_name", text),
	USE("ipv4_address", text),
	USE("ipv6_address", text),
	USE("link_local_ips", distinct_named_texts),
	USE("mac_address", text),
	OWN("priority", .types = NUM, .form = STK_FORM_INT),
};
static const struct stk_compose_schema attachment = {
	.types = MAP | NUL, FIELDS(attachment_fields), .extensible = true, .form = STK_FORM_STRUCT
};
static const struct stk_compose_field use_model_fields[] = { USE("endpoint_var", text), USE("model_var", text) };
static const struct stk_compose_schema use_model = {
	.types = MAP | NUL, FIELDS(use_model_fields), .extensible = true, .form = STK_FORM_STRUCT
};

static const struct stk_compose_field port_fields[] = {
	USE("name", text),
	USE("mode", text),
	USE("host_ip", text),
	OWN("target", .types = INT | STR, .cast = STK_CAST_INT, .form = STK_FORM_COUNT_NUMBER),
	OWN("published", .types = STR | INT, .form = STK_FORM_STRING),
	USE("protocol", text),
	USE("app_protocol", text),
};
static const struct stk_compose_schema port = { .types = NUM | STR | MAP,
						FIELDS(port_fields),
						.extensible = true,
						.role = STK_ROLE_PORT,
						.form = STK_FORM_STRUCT };

static const struct stk_compose_field bind_fields[] = {
	OWN("selinux", .types = STR, .choices = "z|Z", .form = STK_FORM_STRING),
	USE("propagation", text),
	USE("create_host_path", flag),
	OWN("recursive", .types = STR, .choices = "enabled|disabled|writable|readonly", .form = STK_FORM_STRING),
};
static const struct stk_compose_field named_volume_fields[] = { USE("labels", volume_labels), USE("nocopy", cast_flag),
								USE("subpath", text) };
static const struct stk_compose_field tmpfs_fields[] = {
	OWN("size", .types = INT | STR, .bounded = true, .least = 0, .most = INT64_MAX, .form = STK_FORM_BYTES),
	OWN("mode", .types = NUM | STR, .form = STK_FORM_COUNT_NUMBER),
};
static const struct stk_compose_field volume_image_fields[] = { USE("subpath", text) };
static const struct stk_compose_field mount_fields[] = {
	OWN("type", .types = STR, .choices = "bind|volume|tmpfs|cluster|npipe|image", .form = STK_FORM_STRING),
	USE("source", text),
	USE("target", text),
	USE("read_only", cast_flag),
	USE("consistency", text),
	OWN("bind", STRUCT(bind_fields)),
	OWN("volume", STRUCT(named_volume_fields)),
	OWN("tmpfs", STRUCT(tmpfs_fields)),
	OWN("image", STRUCT(volume_image_fields)),
};
static const struct stk_compose_schema mount = { .types = STR | MAP,
						 FIELDS(mount_fields),
						 .extensible = true,
						 .required = "type",
						 .longer = STK_LONG_VOLUME,
						 .role = STK_ROLE_MOUNT,
						 .form = STK_FORM_STRUCT };

static const struct stk_compose_field dependency_fields[] = {
	OWN("condition", .types = STR, .choices = "service_started|service_healthy|service_completed_successfully",
	    .form = STK_FORM_STRING),
	USE("restart", flag),
	OWN("required", .types = BOOL, .form = STK_FORM_BOOL, .keep_zero = true, .always = true),
};
static const struct stk_compose_schema dependency = { STRUCT(dependency_fields), .required = "condition" };

static const struct stk_compose_field env_file_fields[] = {
	OWN("path", .types = STR, .role = STK_ROLE_PATH, .form = STK_FORM_STRING),
	OWN("required", .types = BOOL | STR, .form = STK_FORM_BOOL, .keep_zero = true), USE("format", text)
};
static const struct stk_compose_schema env_file = {
	.types = STR | MAP, FIELDS(env_file_fields), .required = "path", .form = STK_FORM_STRUCT
};
static const struct stk_compose_field extends_fields[] = {
	OWN("file", .types = STR, .role = STK_ROLE_PATH, .form = STK_FORM_STRING), USE("service", text)
};
static const struct stk_compose_field device_fields[] = { USE("source", text), USE("target", text),
							  USE("permissions", text) };
static const struct stk_compose_schema device = { .types = STR | MAP,
						  FIELDS(device_fields),
						  .extensible = true,
						  .required = "source",
						  .longer = STK_LONG_DEVICE,
						  .form = STK_FORM_STRUCT };
static const struct stk_compose_field credential_fields[] = { USE("config", text), USE("file", text),
							      USE("registry", text) };
static const struct stk_compose_schema provider_option = { .types = STR | NUM | BOOL | LIST, .items = &scalar };
static const struct stk_compose_field provider_fields[] = {
	USE("type", text),
	OWN("options", .types = MAP, .names = STK_NAMES_ANY, .open = true, .values = &provider_option,
	    .form = STK_FORM_MULTI_OPTIONS),
};

static const struct stk_compose_field service_fields[] = {
	USE("profiles", distinct_named_texts),
	USE("annotations", merged_mapping),
	OWN("attach", .types = BOOL | STR, .form = STK_FORM_BOOL, .keep_zero = true),
	OWN("build", .types = STR | MAP, FIELDS(build_fields), .extensible = true, .merge = STK_MERGE_BUILD,
	    .longer = STK_LONG_BUILD, .role = STK_ROLE_BUILD, .form = STK_FORM_STRUCT),
	OWN("develop", .types = MAP | NUL, FIELDS(develop_fields), .extensible = true, .form = STK_FORM_STRUCT),
	OWN("blkio_config", STRICT(blkio_fields)),
	USE("cap_add", distinct_named_texts),
	USE("cap_drop", distinct_named_texts),
	USE("cgroup_parent", text),
	OWN("cgroup", .types = STR, .choices = "host|private", .form = STK_FORM_STRING),
	OWN("cpu_count", .types = STR | INT, .bounded = true, .least = 0, .most = INT64_MAX, .cast = STK_CAST_INT,
	    .form = STK_FORM_INT),
	OWN("cpu_percent", .types = STR | INT, .bounded = true, .least = 0, .most = 100, .cast = STK_CAST_FLOAT,
	    .form = STK_FORM_FLOAT),
	USE("cpu_period", cast_number),
	USE("cpu_quota", cast_number),
	USE("cpu_rt_period", cast_number),
	USE("cpu_rt_runtime", cast_number),
	OWN("cpus", .types = NUM | STR, .cast = STK_CAST_FLOAT, .form = STK_FORM_FLOAT),
	USE("cpuset", text),
	USE("cpu_shares", cast_number),
	USE("command", command),
	OWN("configs", .types = LIST, .items = &file_mount, .unique = STK_UNIQUE_CONFIG, .form = STK_FORM_LIST),
	OWN("container_name", .types = STR, .matches = is_container_name, .pattern = "[a-zA-Z0-9][a-zA-Z0-9_.-]+",
	    .form = STK_FORM_STRING),
	OWN("credential_spec", STRUCT(credential_fields)),
	OWN("depends_on", .types = LIST | MAP, .items = &text, .distinct = true, .names = STK_NAMES_RESOURCE,
	    .values = &dependency, .merge = STK_MERGE_DEPENDS, .longer = STK_LONG_DEPENDS, .form = STK_FORM_MAP),
	OWN("deploy", .types = MAP | NUL, FIELDS(deploy_fields), .extensible = true, .form = STK_FORM_STRUCT),
	USE("device_cgroup_rules", distinct_texts),
	OWN("devices", .types = LIST, .items = &device, .unique = STK_UNIQUE_DEVICE, .form = STK_FORM_LIST),
	OWN("dns", .types = STR | LIST, .items = &text, .distinct = true, .merge = STK_MERGE_SEQUENCE,
	    .unique = STK_UNIQUE_NAME, .longer = STK_LONG_LIST, .form = STK_FORM_STRINGS),
	OWN("dns_opt", .types = LIST, .items = &text, .distinct = true, .merge = STK_MERGE_SEQUENCE,
	    .unique = STK_UNIQUE_NAME, .form = STK_FORM_STRINGS),
	USE("dns_search", merged_texts),
	USE("domainname", text),
	USE("entrypoint", command),
	OWN("provider", STRUCT(provider_fields), .required = "type"),
	USE("environment", merged_environment),
	OWN("env_file", .types = STR | LIST, .items = &env_file, .merge = STK_MERGE_SEQUENCE,
	    .unique = STK_UNIQUE_ENV_FILE, .longer = STK_LONG_ENV_FILE, .form = STK_FORM_LIST),
	OWN("expose", .types = LIST, .items = &text_or_number, .distinct = true, .unique = STK_UNIQUE_EXPOSE,
	    .form = STK_FORM_STRINGS),
	OWN("extends", .types = STR | MAP, FIELDS(extends_fields), .required = "service", .longer = STK_LONG_EXTENDS,
	    .form = STK_FORM_STRUCT),
	USE("external_links", distinct_texts),
	USE("extra_hosts", extra_hosts),
	OWN("group_add", .types = LIST, .items = &text_or_number, .distinct = true, .form = STK_FORM_STRINGS),
	OWN("gpus", .types = STR | LIST, .choices = "all", .items = &gpu, .longer = STK_LONG_GPUS,
	    .form = STK_FORM_LIST),
	USE("hostname", text),
	OWN("healthcheck", STRUCT(healthcheck_fields)),
	USE("image", text),
	USE("init", cast_tristate),
	USE("ipc", text),
	USE("isolation", text),
	USE("labels", merged_mapping),
	OWN("label_file", .types = STR | LIST,
	    .items = &(const struct stk_compose_schema){ .types = STR, .role = STK_ROLE_PATH },
	    .merge = STK_MERGE_SEQUENCE, .longer = STK_LONG_LIST, .form = STK_FORM_STRINGS),
	OWN("links", .types = LIST, .items = &text, .distinct = true, .unique = STK_UNIQUE_NAME,
	    .form = STK_FORM_STRINGS),
	OWN("logging", STRUCT(logging_fields), .merge = STK_MERGE_LOGGING),
	USE("mem_limit", bytes),
	USE("mem_reservation", whole_bytes),
	USE("memswap_limit", bytes),
	USE("mem_swappiness", whole_bytes),
	USE("mac_address", text),
	OWN("models", .types = LIST | MAP, .items = &text, .distinct = true, .names = STK_NAMES_RESOURCE, .open = true,
	    .values = &use_model, .merge = STK_MERGE_NAMES, .longer = STK_LONG_NAMES, .form = STK_FORM_MAP),
	USE("network_mode", text),
	OWN("networks", .types = LIST | MAP, .items = &text, .distinct = true, .names = STK_NAMES_RESOURCE,
	    .values = &attachment, .merge = STK_MERGE_NAMES, .longer = STK_LONG_NAMES, .form = STK_FORM_MAP),
	USE("oom_kill_disable", cast_flag),
	OWN("oom_score_adj", .types = STR | INT, .bounded = true, .least = -1000, .most = 1000, .cast = STK_CAST_INT,
	    .form = STK_FORM_INT),
	OWN("pid", .types = STR | NUL, .form = STK_FORM_STRING),
	USE("pids_limit", cast_number),
	USE("platform", text),
	OWN("ports", .types = LIST, .items = &port, .distinct = true, .unique = STK_UNIQUE_PORT,
	    .longer = STK_LONG_PORTS, .form = STK_FORM_LIST),
	USE("privileged", cast_flag),
	OWN("pull_policy", .types = STR, .matches = is_pull_policy,
	    .pattern = "always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+",
	    .form = STK_FORM_STRING),
	OWN("pull_refresh_after", .types = STR, .form = STK_FORM_DROP),
	USE("read_only", cast_flag),
	USE("restart", text),
	USE("runtime", text),
	OWN("scale", .types = INT | STR, .cast = STK_CAST_INT, .form = STK_FORM_INT, .keep_zero = true),
	OWN("secrets", .types = LIST, .items = &secret_mount, .unique = STK_UNIQUE_SECRET, .form = STK_FORM_LIST),
	USE("security_opt", distinct_texts),
	USE("shm_size", bytes),
	USE("stdin_open", cast_flag),
	USE("stop_grace_period", duration),
	USE("stop_signal", text),
	OWN("storage_opt", .types = MAP, .names = STK_NAMES_ANY, .values = &any_text, .form = STK_FORM_MAP),
	USE("sysctls", merged_mapping),
	OWN("tmpfs", .types = STR | LIST, .items = &text, .distinct = true, .merge = STK_MERGE_SEQUENCE,
	    .unique = STK_UNIQUE_NAME, .form = STK_FORM_STRINGS),
	USE("tty", cast_flag),
	USE("ulimits", ulimits),
	OWN("use_api_socket", .types = BOOL, .form = STK_FORM_BOOL),
	USE("user", text),
	USE("userns_mode", text),
	USE("uts", text),
	OWN("volumes", .types = LIST, .items = &mount, .distinct = true, .unique = STK_UNIQUE_VOLUME,
	    .form = STK_FORM_LIST),
	USE("volumes_from", distinct_texts),
	USE("working_dir", text),
	USE("post_start", hooks),
	USE("pre_stop", hooks),
};
static const struct stk_compose_schema service = { STRUCT(service_fields) };
const struct stk_compose_schema *const stk_compose_service_schema = &service;

/* Top-level resources. */
static const struct stk_compose_field external_fields[] = { USE("name", text) };
static const struct stk_compose_schema external = { .types = BOOL | STR | MAP,
						    FIELDS(external_fields),
						    .extensible = true,
						    .cast = STK_CAST_BOOL,
						    .form = STK_FORM_EXTERNAL };
static const struct stk_compose_schema loose_external = { .types = BOOL | STR | MAP,
							  FIELDS(external_fields),
							  .open = true,
							  .cast = STK_CAST_BOOL,
							  .form = STK_FORM_EXTERNAL };
static const struct stk_compose_schema addresses = {
	.types = MAP, .names = STK_NAMES_ANY, .values = &text, .form = STK_FORM_MAPPING
};
static const struct stk_compose_field pool_fields[] = { USE("subnet", text), USE("gateway", text),
							USE("ip_range", text), USE("aux_addresses", addresses) };
static const struct stk_compose_schema pool = { STRUCT(pool_fields) };
static const struct stk_compose_field ipam_fields[] = {
	USE("driver", text),
	OWN("config", .types = LIST, .items = &pool, .merge = STK_MERGE_IPAM, .form = STK_FORM_LIST),
	OWN("options", .types = MAP, .names = STK_NAMES_ANY, .values = &text, .form = STK_FORM_DROP),
};
static const struct stk_compose_field network_fields[] = {
	USE("name", text),
	USE("driver", text),
	USE("driver_opts", options),
	OWN("ipam", STRUCT(ipam_fields), .always = true),
	USE("external", external),
	USE("internal", cast_flag),
	USE("attachable", cast_flag),
	USE("labels", network_labels),
	USE("enable_ipv4", cast_tristate),
	USE("enable_ipv6", cast_tristate),
};
static const struct stk_compose_schema network = { .types = MAP | NUL,
						   FIELDS(network_fields),
						   .extensible = true,
						   .longer = STK_LONG_EXTERNAL,
						   .form = STK_FORM_STRUCT };
static const struct stk_compose_field volume_fields[] = {
	USE("name", text),	   USE("driver", text),		 USE("driver_opts", options),
	USE("external", external), USE("labels", volume_labels),
};
static const struct stk_compose_schema volume = { .types = MAP | NUL,
						  FIELDS(volume_fields),
						  .extensible = true,
						  .longer = STK_LONG_EXTERNAL,
						  .role = STK_ROLE_VOLUME,
						  .form = STK_FORM_STRUCT };
static const struct stk_compose_schema object_file = { .types = STR,
						       .role = STK_ROLE_UNIX_PATH,
						       .form = STK_FORM_STRING };
static const struct stk_compose_field secret_fields[] = {
	USE("name", text),	USE("file", object_file), USE("environment", text),    USE("external", loose_external),
	USE("labels", mapping), USE("driver", text),	  USE("driver_opts", options), USE("template_driver", text),
};
static const struct stk_compose_schema secret = { STRUCT(secret_fields), .longer = STK_LONG_EXTERNAL,
						  .role = STK_ROLE_SECRET };
static const struct stk_compose_field config_fields[] = {
	USE("name", text),
	USE("file", object_file),
	USE("environment", text),
	USE("content", text),
	USE("external", loose_external),
	USE("labels", mapping),
	USE("template_driver", text),
};
static const struct stk_compose_schema config = { STRUCT(config_fields), .longer = STK_LONG_EXTERNAL,
						  .role = STK_ROLE_CONFIG };
static const struct stk_compose_field model_fields[] = {
	USE("name", text),
	USE("model", text),
	OWN("context_size", .types = INT, .form = STK_FORM_INT),
	USE("runtime_flags", texts),
};
static const struct stk_compose_schema model = { STRUCT(model_fields), .required = "model" };
static const struct stk_compose_field include_fields[] = { USE("path", text_or_texts), USE("env_file", text_or_texts),
							   USE("project_directory", text) };
static const struct stk_compose_schema include = { .types = STR | MAP,
						   FIELDS(include_fields),
						   .form = STK_FORM_STRUCT };

#define RESOURCES(of, ...) .types = MAP, .names = STK_NAMES_RESOURCE, .values = &of, .form = STK_FORM_MAP, __VA_ARGS__
static const struct stk_compose_field project_fields[] = {
	USE("name", text),
	OWN("version", .types = STR, .form = STK_FORM_DROP),
	OWN("include", .types = LIST, .items = &include, .form = STK_FORM_DROP),
	OWN("services", RESOURCES(service, .keep_zero = true)),
	OWN("networks", RESOURCES(network, .open = true)),
	OWN("volumes", RESOURCES(volume)),
	OWN("secrets", RESOURCES(secret)),
	OWN("configs", RESOURCES(config)),
	OWN("models", RESOURCES(model, .open = true)),
};
const struct stk_compose_schema stk_compose_project_schema = {
	.types = MAP, FIELDS(project_fields), .extensible = true, .form = STK_FORM_STRUCT
};

const struct stk_compose_schema *stk_compose_field_of(const struct stk_compose_schema *map, struct stk_str key)
{
	for (size_t i = 0; map && i < map->n_fields; i++) {
		struct stk_str name = map->fields[i].name;
		if (name.n == key.n && name.p[0] == key.p[0] && stk_str_eq(name, key))
			return map->fields[i].schema;
	}
	return NULL;
}

static bool is_resource_name(struct stk_str key)
{
	for (size_t i = 0; i < key.n; i++)
		if (!stk_is_alnum(key.p[i]) && key.p[i] != '.' && key.p[i] != '_' && key.p[i] != '-')
			return false;
	return key.n > 0;
}

static bool is_lower_name(struct stk_str key)
{
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] < 'a' || key.p[i] > 'z')
			return false;
	return key.n > 0;
}

static bool name_fits(const struct stk_compose_schema *map, struct stk_str key)
{
	switch ((enum stk_compose_names)map->names) {
	case STK_NAMES_ANY:
		return key.n > 0;
	case STK_NAMES_RESOURCE:
		return is_resource_name(key);
	case STK_NAMES_LOWER:
		return is_lower_name(key);
	default:
		return false;
	}
}

const struct stk_compose_schema *stk_compose_schema_of(const struct stk_compose_schema *map, struct stk_str key)
{
	const struct stk_compose_schema *known = stk_compose_field_of(map, key);
	return known ? known : map && name_fits(map, key) ? map->values : NULL;
}
