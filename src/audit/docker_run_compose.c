/* SPDX-License-Identifier: Apache-2.0 */
/* A `docker run` command as a Compose service: one row an option. */
#include "audit/docker_run.h"
#include "text/json.h"
#include "text/utf8.h"

#include "base/banned.h"

enum shape { SCALAR, SWITCH, LIST, MAP, NETWORK, NOTHING };

/* In the order in which the keys are written. */
static const struct {
	const char *option, *key;
	enum shape shape;
} rows[] = {
	{ "platform", "platform", SCALAR },
	{ "hostname", "hostname", SCALAR },
	{ "domainname", "domainname", SCALAR },
	{ "entrypoint", "entrypoint", SCALAR },
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
	{ "volume", "volumes", LIST },
	{ "volumes-from", "volumes_from", LIST },
	{ "tmpfs", "tmpfs", LIST },
	{ "device", "devices", LIST },
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
	{ "oom-kill-disable", "oom_kill_disable", SWITCH },
	{ "oom-score-adj", "oom_score_adj", SCALAR },
	{ "sysctl", "sysctls", LIST },
	{ "init", "init", SWITCH },
	{ "interactive", "stdin_open", SWITCH },
	{ "tty", "tty", SWITCH },
	{ "restart", "restart", SCALAR },
	{ "stop-signal", "stop_signal", SCALAR },
	{ "runtime", "runtime", SCALAR },
	{ "use-api-socket", "use_api_socket", SWITCH },
	{ "isolation", "isolation", SCALAR },
	{ "name", "container_name", SCALAR },
	{ "log-driver", "logging", MAP },
	{ "log-opt", "logging", MAP },
	{ "detach", NULL, NOTHING },
	{ "rm", NULL, NOTHING },
	{ "quiet", NULL, NOTHING },
	{ "pull", "pull_policy", SCALAR },
	{ "sig-proxy", NULL, NOTHING },
};

/* A scalar that every YAML reader takes for this very text. */
static void scalar(struct stk_buf *out, struct stk_str value)
{
	struct stk_json_writer w = stk_json_writer(out, 0);
	stk_json_write_str(&w, value);
}

static bool is_network_mode(struct stk_str value)
{
	return stk_str_is(value, "host") || stk_str_is(value, "none") || stk_str_is(value, "bridge") ||
	       stk_str_starts(value, S("container:"));
}

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

static const struct stk_run_option *last(const struct stk_docker_run *run, const char *name)
{
	for (size_t i = run->options.n; i-- > 0;)
		if (stk_str_is(run->options.v[i].name, name))
			return &run->options.v[i];
	return NULL;
}

static void write_row(struct stk_buf *out, const struct stk_docker_run *run, size_t row)
{
	const struct stk_run_option *option = last(run, rows[row].option);
	if (!option)
		return;
	switch (rows[row].shape) {
	case SCALAR:
		stk_buf_printf(out, "    %s: ", rows[row].key);
		scalar(out, option->value);
		stk_buf_byte(out, '\n');
		break;
	case SWITCH:
		stk_buf_printf(out, "    %s: true\n", rows[row].key);
		break;
	case LIST:
		write_list(out, run, rows[row].option, rows[row].key);
		break;
	case MAP:
		/* log-driver and log-opt are two rows with one key: the map is written once. */
		if (stk_str_is(option->name, "log-driver") || !last(run, "log-driver"))
			write_logging(out, run);
		break;
	case NETWORK:
		if (is_network_mode(option->value)) {
			stk_buf_add(out, S("    network_mode: "));
			scalar(out, option->value);
			stk_buf_byte(out, '\n');
		} else {
			write_list(out, run, "network", "networks");
		}
		break;
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
	size_t slash = stk_str_rfind_byte(image, '/');
	image = stk_str_slice(image, slash == SIZE_MAX ? 0 : slash + 1, image.n);
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

void stk_docker_run_compose(struct stk_buf *out, const struct stk_docker_run *run)
{
	stk_buf_add(out, S("services:\n  "));
	scalar(out, service_name(run));
	stk_buf_add(out, S(":\n    image: "));
	scalar(out, run->image);
	stk_buf_byte(out, '\n');
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
}
