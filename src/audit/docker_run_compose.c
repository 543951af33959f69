/* SPDX-License-Identifier: Apache-2.0 */
/* A `docker run` command as a Compose service: one row an option. */
#include "audit/docker_run.h"

#include <string.h>

#include "base/limits.h"
#include "text/json.h"
#include "text/utf8.h"

#include "base/banned.h"

enum shape { SCALAR, SECONDS, SWITCH, LIST, LOGGING, HEALTH, ULIMITS, VOLUMES, NETWORK, PART, NOTHING };

/* In the order in which the keys are written. */
static const struct {
	const char *option, *key;
	enum shape shape;
} rows[] = {
	{ "platform", "platform", SCALAR },
	{ "hostname", "hostname", SCALAR },
	{ "domainname", "domainname", SCALAR },
	{ "entrypoint", "entrypoint", PART }, /* written with the command */
	{ "user", "user", SCALAR },
	{ "group-add", "group_add", LIST },
	{ "workdir", "working_dir", SCALAR },
	{ "env", "environment", LIST },
	{ "env-file", "env_file", LIST },
	{ "label", "labels", LIST },
	{ "annotation", "annotations", LIST },
	{ "publish", "ports", LIST },
	{ "expose", "expose", LIST },
	{ "network", "network_mode", NETWORK },
	{ "add-host", "extra_hosts", LIST },
	{ "dns", "dns", LIST },
	{ "dns-search", "dns_search", LIST },
	{ "dns-option", "dns_opt", LIST },
	{ "mac-address", "mac_address", SCALAR },
	{ "network-alias", NULL, PART }, /* of the first network */
	{ "ip", NULL, PART },
	{ "ip6", NULL, PART },
	{ "link", "links", LIST },
	{ "volume", "volumes", VOLUMES },
	{ "mount", "volumes", VOLUMES },
	{ "volumes-from", "volumes_from", LIST },
	{ "tmpfs", "tmpfs", LIST },
	{ "device", "devices", LIST },
	{ "gpus", "gpus", SCALAR },
	{ "device-cgroup-rule", "device_cgroup_rules", LIST },
	{ "read-only", "read_only", SWITCH },
	{ "privileged", "privileged", SWITCH },
	{ "cap-drop", "cap_drop", LIST },
	{ "cap-add", "cap_add", LIST },
	{ "security-opt", "security_opt", LIST },
	{ "pid", "pid", SCALAR },
	{ "ipc", "ipc", SCALAR },
	{ "uts", "uts", SCALAR },
	{ "userns", "userns_mode", SCALAR },
	{ "cgroupns", "cgroup", SCALAR },
	{ "cgroup-parent", "cgroup_parent", SCALAR },
	{ "memory", "mem_limit", SCALAR },
	{ "memory-swap", "memswap_limit", SCALAR },
	{ "memory-reservation", "mem_reservation", SCALAR },
	{ "cpus", "cpus", SCALAR },
	{ "cpu-shares", "cpu_shares", SCALAR },
	{ "cpu-quota", "cpu_quota", SCALAR },
	{ "cpu-period", "cpu_period", SCALAR },
	{ "cpuset-cpus", "cpuset", SCALAR },
	{ "pids-limit", "pids_limit", SCALAR },
	{ "shm-size", "shm_size", SCALAR },
	{ "memory-swappiness", "mem_swappiness", SCALAR },
	{ "ulimit", "ulimits", ULIMITS },
	{ "oom-kill-disable", "oom_kill_disable", SWITCH },
	{ "oom-score-adj", "oom_score_adj", SCALAR },
	{ "sysctl", "sysctls", LIST },
	{ "init", "init", SWITCH },
	{ "interactive", "stdin_open", SWITCH },
	{ "tty", "tty", SWITCH },
	{ "restart", "restart", SCALAR },
	{ "stop-signal", "stop_signal", SCALAR },
	{ "stop-timeout", "stop_grace_period", SECONDS },
	{ "runtime", "runtime", SCALAR },
	{ "use-api-socket", "use_api_socket", SWITCH },
	{ "isolation", "isolation", SCALAR },
	{ "name", "container_name", SCALAR },
	{ "log-driver", "logging", LOGGING },
	{ "log-opt", "logging", LOGGING },
	{ "health-cmd", "healthcheck", HEALTH },
	{ "health-interval", "healthcheck", HEALTH },
	{ "health-timeout", "healthcheck", HEALTH },
	{ "health-retries", "healthcheck", HEALTH },
	{ "health-start-period", "healthcheck", HEALTH },
	{ "health-start-interval", "healthcheck", HEALTH },
	{ "no-healthcheck", "healthcheck", HEALTH },
	{ "detach", NULL, NOTHING },
	{ "rm", NULL, NOTHING },
	{ "quiet", NULL, NOTHING },
	{ "pull", "pull_policy", SCALAR },
	{ "sig-proxy", NULL, NOTHING },
};

/* A scalar that every YAML reader takes for this very text, and Compose for no variable. */
static void scalar(struct stk_buf *out, struct stk_str value)
{
	STK_BUF text = stk_buf_new(STK_MIB(4));
	struct stk_json_writer w = stk_json_writer(out, 0);
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '$')
			stk_buf_byte(&text, '$');
		stk_buf_byte(&text, value.p[i]);
	}
	stk_json_write_str(&w, stk_buf_str(&text));
}

/* "key: value" where the cursor stands; the caller has indented. */
static void line(struct stk_buf *out, const char *key, struct stk_str value)
{
	stk_buf_printf(out, "%s: ", key);
	scalar(out, value);
	stk_buf_byte(out, '\n');
}

/* What is no network that a file could declare. */
static bool is_network_mode(struct stk_str value)
{
	return stk_str_is(value, "host") || stk_str_is(value, "none") || stk_str_is(value, "bridge") ||
	       stk_str_starts(value, S("container:"));
}

/* Driver and options come from two options of docker's and make one key. */
static void write_logging(struct stk_buf *out, const struct stk_docker_run *run)
{
	bool options = false;
	stk_buf_add(out, S("    logging:\n"));
	for (size_t i = 0; i < run->options.n; i++)
		if (stk_str_is(run->options.v[i].name, "log-driver")) {
			stk_buf_add(out, S("      driver: "));
			scalar(out, run->options.v[i].value);
			stk_buf_byte(out, '\n');
		}
	for (size_t i = 0; i < run->options.n; i++) {
		struct stk_str value = run->options.v[i].value, key = stk_str_cut(&value, '=');
		if (!stk_str_is(run->options.v[i].name, "log-opt"))
			continue;
		stk_buf_add(out, options ? S("") : S("      options:\n"));
		options = true;
		stk_buf_add(out, S("        "));
		scalar(out, key);
		stk_buf_add(out, S(": "));
		scalar(out, value);
		stk_buf_byte(out, '\n');
	}
}

/* Every use of the option is an item. */
static void write_list(struct stk_buf *out, const struct stk_docker_run *run, const char *option, const char *key)
{
	bool begun = false;
	for (size_t i = 0; i < run->options.n; i++) {
		if (!stk_str_is(run->options.v[i].name, option))
			continue;
		if (!begun)
			stk_buf_printf(out, "    %s:\n", key);
		begun = true;
		stk_buf_add(out, S("      - "));
		scalar(out, run->options.v[i].value);
		stk_buf_byte(out, '\n');
	}
}

/* --mount type=bind,source=/a,target=/b,readonly: Compose's long form; what it has no key for becomes a comment. */
static void write_mount(struct stk_buf *out, struct stk_str value)
{
	static const struct {
		const char *option, *key;
	} keys[] = {
		{ "type", "type" },	{ "source", "source" },	     { "src", "source" },
		{ "target", "target" }, { "destination", "target" }, { "dst", "target" },
	};
	const char *lead = "      - ";
	bool typed = false;
	for (struct stk_str rest = value; rest.n;) {
		struct stk_str text = stk_str_cut(&rest, ','), key = stk_str_cut(&text, '=');
		size_t k = 0;
		while (k < STK_LEN(keys) && !stk_str_is(key, keys[k].option))
			k++;
		stk_buf_add(out, stk_str_from(lead));
		lead = "        ";
		typed |= stk_str_is(key, "type");
		if (k < STK_LEN(keys)) {
			line(out, keys[k].key, text);
		} else if (stk_str_is(key, "readonly") || stk_str_is(key, "ro")) {
			stk_buf_printf(out, "read_only: %s\n", stk_str_is(text, "false") ? "false" : "true");
		} else if (stk_str_is(key, "bind-propagation")) {
			stk_buf_add(out, S("bind: {propagation: "));
			scalar(out, text);
			stk_buf_add(out, S("}\n"));
		} else if (stk_str_is(key, "tmpfs-size")) {
			stk_buf_add(out, S("tmpfs: {size: "));
			scalar(out, text);
			stk_buf_add(out, S("}\n"));
		} else {
			stk_buf_add(out, S("# no key of Compose for "));
			stk_utf8_printable(out, key);
			stk_buf_byte(out, '\n');
		}
	}
	if (!typed)
		stk_buf_printf(out, "%stype: volume\n", lead);
}

static void write_volumes(struct stk_buf *out, const struct stk_docker_run *run)
{
	stk_buf_add(out, S("    volumes:\n"));
	for (size_t i = 0; i < run->options.n; i++) {
		const struct stk_run_option *option = &run->options.v[i];
		if (stk_str_is(option->name, "mount")) {
			write_mount(out, option->value);
		} else if (stk_str_is(option->name, "volume")) {
			stk_buf_add(out, S("      - "));
			scalar(out, option->value);
			stk_buf_byte(out, '\n');
		}
	}
}

/* nofile=1024:2048 */
static void write_ulimits(struct stk_buf *out, const struct stk_docker_run *run)
{
	stk_buf_add(out, S("    ulimits:\n"));
	for (size_t i = 0; i < run->options.n; i++) {
		struct stk_str value = run->options.v[i].value, name = stk_str_cut(&value, '='),
			       soft = stk_str_cut(&value, ':');
		if (!stk_str_is(run->options.v[i].name, "ulimit"))
			continue;
		stk_buf_add(out, S("      "));
		scalar(out, name);
		stk_buf_printf(out, ": {soft: " STK_FMT ", hard: " STK_FMT "}\n", STK_ARG(soft),
			       STK_ARG(value.n ? value : soft));
	}
}

/* The command stays a text: docker runs it with the container's shell, and so does Compose with a text. */
static void write_health(struct stk_buf *out, const struct stk_docker_run *run)
{
	static const struct {
		const char *option, *key;
	} keys[] = {
		{ "health-interval", "interval" },
		{ "health-timeout", "timeout" },
		{ "health-start-period", "start_period" },
		{ "health-start-interval", "start_interval" },
	};
	stk_buf_add(out, S("    healthcheck:\n"));
	for (size_t i = 0; i < run->options.n; i++) {
		const struct stk_run_option *option = &run->options.v[i];
		if (stk_str_is(option->name, "no-healthcheck"))
			stk_buf_add(out, S("      disable: true\n"));
		else if (stk_str_is(option->name, "health-cmd"))
			line(out, "      test", option->value);
		else if (stk_str_is(option->name, "health-retries"))
			stk_buf_printf(out, "      retries: " STK_FMT "\n", STK_ARG(option->value));
		for (size_t k = 0; k < STK_LEN(keys); k++)
			if (stk_str_is(option->name, keys[k].option)) {
				stk_buf_add(out, S("      "));
				line(out, keys[k].key, option->value);
			}
	}
}

/* For what can be given once the last one counts, as with docker. */
static const struct stk_run_option *last(const struct stk_docker_run *run, const char *name)
{
	for (size_t i = run->options.n; i-- > 0;)
		if (stk_str_is(run->options.v[i].name, name))
			return &run->options.v[i];
	return NULL;
}

/* Names and addresses that options of their own give belong to the first network. */
static void write_aliases(struct stk_buf *out, const struct stk_docker_run *run)
{
	bool begun = false;
	for (size_t i = 0; i < run->options.n; i++) {
		if (!stk_str_is(run->options.v[i].name, "network-alias"))
			continue;
		stk_buf_add(out, begun ? S("") : S("        aliases:\n"));
		begun = true;
		stk_buf_add(out, S("          - "));
		scalar(out, run->options.v[i].value);
		stk_buf_byte(out, '\n');
	}
}

/* Has no row before this one with the same shape been written? */
static bool is_first(const struct stk_docker_run *run, size_t row)
{
	for (size_t i = 0; i < row; i++)
		if (rows[i].shape == rows[row].shape && last(run, rows[i].option))
			return false;
	return true;
}

/* networks: of the first, what the command says of addresses and names. */
static void write_attachments(struct stk_buf *out, const struct stk_docker_run *run)
{
	bool first = true;
	stk_buf_add(out, S("    networks:\n"));
	for (size_t i = 0; i < run->options.n; i++) {
		if (!stk_str_is(run->options.v[i].name, "network"))
			continue;
		stk_buf_add(out, S("      "));
		scalar(out, run->options.v[i].value);
		stk_buf_add(out, S(":\n"));
		for (size_t k = 0; first && k < run->options.n; k++) {
			const struct stk_run_option *option = &run->options.v[k];
			if (stk_str_is(option->name, "ip") || stk_str_is(option->name, "ip6")) {
				stk_buf_add(out, S("        "));
				line(out, stk_str_is(option->name, "ip") ? "ipv4_address" : "ipv6_address",
				     option->value);
			}
		}
		if (first)
			write_aliases(out, run);
		first = false;
	}
}

static void write_row(struct stk_buf *out, const struct stk_docker_run *run, size_t row)
{
	const struct stk_run_option *option = last(run, rows[row].option);
	if (!option)
		return;
	switch (rows[row].shape) {
	case SCALAR:
		stk_buf_add(out, S("    "));
		line(out, rows[row].key, option->value);
		break;
	case SECONDS:
		stk_buf_printf(out, "    %s: \"" STK_FMT "s\"\n", rows[row].key, STK_ARG(option->value));
		break;
	case SWITCH:
		stk_buf_printf(out, "    %s: true\n", rows[row].key);
		break;
	case LIST:
		write_list(out, run, rows[row].option, rows[row].key);
		break;
	case LOGGING:
	case HEALTH:
	case VOLUMES:
		/* Several options make one key: the first of their rows that is there writes it. */
		if (is_first(run, row))
			(rows[row].shape == LOGGING  ? write_logging
			 : rows[row].shape == HEALTH ? write_health
						     : write_volumes)(out, run);
		break;
	case ULIMITS:
		write_ulimits(out, run);
		break;
	case NETWORK:
		if (is_network_mode(option->value)) {
			stk_buf_add(out, S("    network_mode: "));
			scalar(out, option->value);
			stk_buf_byte(out, '\n');
		} else {
			write_attachments(out, run);
		}
		break;
	case PART:
	case NOTHING:
		break;
	}
}

/* A service's name: the container's, else the image's last part. */
static struct stk_str service_name(const struct stk_docker_run *run)
{
	const struct stk_run_option *name = last(run, "name");
	struct stk_str image = run->image;
	if (name)
		return name->value;
	image = stk_str_after_last(image, '/');
	size_t end = 0;
	while (end < image.n && (stk_is_alnum(image.p[end]) || image.p[end] == '-' || image.p[end] == '_'))
		end++;
	return end ? stk_str_slice(image, 0, end) : S("app");
}

static bool has_row(struct stk_str option)
{
	for (size_t i = 0; i < STK_LEN(rows); i++)
		if (stk_str_is(option, rows[i].option))
			return true;
	return false;
}

/* docker run joins networks that exist: for Compose they are external. */
static void write_networks(struct stk_buf *out, const struct stk_docker_run *run)
{
	bool begun = false;
	for (size_t i = 0; i < run->options.n; i++) {
		const struct stk_run_option *option = &run->options.v[i];
		if (!stk_str_is(option->name, "network") || is_network_mode(option->value))
			continue;
		stk_buf_add(out, begun ? S("") : S("networks:\n"));
		begun = true;
		stk_buf_add(out, S("  "));
		scalar(out, option->value);
		stk_buf_add(out, S(":\n    external: true\n"));
	}
}

/* The volume that an option names, or empty: folders, anonymous volumes and other kinds of mounts have none. */
static struct stk_str volume_of(const struct stk_run_option *option)
{
	struct stk_str rest = option->value, source = S(""), type = S("volume");
	if (stk_str_is(option->name, "volume")) {
		source = stk_str_cut(&rest, ':');
		bool path = source.n && memchr("/.~", source.p[0], 3);
		return rest.n && !path ? source : S("");
	}
	while (stk_str_is(option->name, "mount") && rest.n) {
		struct stk_str text = stk_str_cut(&rest, ','), key = stk_str_cut(&text, '=');
		if (stk_str_is(key, "type"))
			type = text;
		if (stk_str_is(key, "source") || stk_str_is(key, "src"))
			source = text;
	}
	return stk_str_is(type, "volume") ? source : S("");
}

/* Under the engine's name: docker run puts no project in front of it. */
static void write_named_volumes(struct stk_buf *out, const struct stk_docker_run *run)
{
	bool begun = false;
	for (size_t i = 0; i < run->options.n; i++) {
		struct stk_str name = volume_of(&run->options.v[i]);
		bool repeated = false;
		for (size_t k = 0; k < i; k++)
			repeated |= stk_str_eq(volume_of(&run->options.v[k]), name);
		if (!name.n || repeated)
			continue;
		stk_buf_add(out, begun ? S("") : S("volumes:\n"));
		begun = true;
		stk_buf_add(out, S("  "));
		scalar(out, name);
		stk_buf_add(out, S(":\n"));
		stk_buf_add(out, S("    "));
		line(out, "name", name);
	}
}

void stk_docker_run_compose(struct stk_buf *out, const struct stk_docker_run *run)
{
	stk_buf_add(out, S("services:\n  "));
	scalar(out, service_name(run));
	stk_buf_add(out, S(":\n    image: "));
	scalar(out, run->image);
	stk_buf_byte(out, '\n');
	if (last(run, "entrypoint")) {
		stk_buf_add(out, S("    entrypoint: ["));
		if (last(run, "entrypoint")->value.n)
			scalar(out, last(run, "entrypoint")->value);
		stk_buf_add(out, S("]\n"));
	}
	if (run->arguments.n) {
		stk_buf_add(out, S("    command: ["));
		for (size_t i = 0; i < run->arguments.n; i++) {
			stk_buf_add(out, i ? S(", ") : S(""));
			scalar(out, run->arguments.v[i]);
		}
		stk_buf_add(out, S("]\n"));
	}
	for (size_t i = 0; i < STK_LEN(rows); i++)
		write_row(out, run, i);
	for (size_t i = 0; i < run->options.n; i++)
		if (!has_row(run->options.v[i].name)) {
			stk_buf_printf(out, "    # no key of Compose for --" STK_FMT "=",
				       STK_ARG(run->options.v[i].name));
			stk_utf8_printable(out, run->options.v[i].value); /* a line end would end the comment */
			stk_buf_byte(out, '\n');
		}
	write_networks(out, run);
	write_named_volumes(out, run);
}
