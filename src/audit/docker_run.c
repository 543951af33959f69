/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of `docker run`, read as Docker's own parser (pflag) reads it: --name value,
 * --name=value, -p80:80, -it, and the first bare word is the image. Which options take no value
 * has to be known for that; unknown ones are taken to have one.
 */
#include "audit/docker_run.h"

#include <string.h>

#include "text/nearest.h"
#include "text/shell_quote.h"
#include "base/banned.h"

/* Switches: everything else takes a value. */
static const char *const switches[] = { "detach",
					"disable-content-trust",
					"help",
					"init",
					"interactive",
					"no-healthcheck",
					"oom-kill-disable",
					"privileged",
					"publish-all",
					"quiet",
					"read-only",
					"rm",
					"sig-proxy",
					"tty",
					"use-api-socket" };
/* Options that take a value, as of Docker 28; podman and nerdctl have others too. */
static const char *const valued[] = { "add-host",
				      "annotation",
				      "attach",
				      "blkio-weight",
				      "blkio-weight-device",
				      "cap-add",
				      "cap-drop",
				      "cgroup-parent",
				      "cgroupns",
				      "cidfile",
				      "cpu-count",
				      "cpu-percent",
				      "cpu-period",
				      "cpu-quota",
				      "cpu-rt-period",
				      "cpu-rt-runtime",
				      "cpu-shares",
				      "cpus",
				      "cpuset-cpus",
				      "cpuset-mems",
				      "detach-keys",
				      "device",
				      "device-cgroup-rule",
				      "device-read-bps",
				      "device-read-iops",
				      "device-write-bps",
				      "device-write-iops",
				      "dns",
				      "dns-option",
				      "dns-search",
				      "domainname",
				      "entrypoint",
				      "env",
				      "env-file",
				      "expose",
				      "gpus",
				      "group-add",
				      "health-cmd",
				      "health-interval",
				      "health-retries",
				      "health-start-interval",
				      "health-start-period",
				      "health-timeout",
				      "hostname",
				      "io-maxbandwidth",
				      "io-maxiops",
				      "ip",
				      "ip6",
				      "ipc",
				      "isolation",
				      "kernel-memory",
				      "label",
				      "label-file",
				      "link",
				      "link-local-ip",
				      "log-driver",
				      "log-opt",
				      "mac-address",
				      "memory",
				      "memory-reservation",
				      "memory-swap",
				      "memory-swappiness",
				      "mount",
				      "name",
				      "network",
				      "network-alias",
				      "oom-score-adj",
				      "pid",
				      "pids-limit",
				      "platform",
				      "publish",
				      "pull",
				      "restart",
				      "runtime",
				      "security-opt",
				      "shm-size",
				      "stop-signal",
				      "stop-timeout",
				      "storage-opt",
				      "sysctl",
				      "tmpfs",
				      "ulimit",
				      "user",
				      "userns",
				      "uts",
				      "volume",
				      "volume-driver",
				      "volumes-from",
				      "workdir" };
/* Of docker and sudo themselves, in front of "run". */
static const char *const before_run[] = { "--config",	 "--context", "--group",  "--host", "--log-level",
					  "--tlscacert", "--tlscert", "--tlskey", "--user", "-H",
					  "-c",		 "-g",	      "-l",	  "-u" };
static const struct {
	char letter;
	const char *name;
} letters[] = {
	{ 'a', "attach" },	{ 'c', "cpu-shares" }, { 'd', "detach" }, { 'e', "env" },     { 'h', "hostname" },
	{ 'i', "interactive" }, { 'l', "label" },      { 'm', "memory" }, { 'p', "publish" }, { 'P', "publish-all" },
	{ 'q', "quiet" },	{ 't', "tty" },	       { 'u', "user" },	  { 'v', "volume" },  { 'w', "workdir" },
};
static const struct {
	const char *other, *name;
} synonyms[] = { { "net", "network" }, { "net-alias", "network-alias" }, { "dns-opt", "dns-option" } };

/* Switches never take the next word as their value, only "=value". */
static bool is_switch(struct stk_str name)
{
	for (size_t i = 0; i < STK_LEN(switches); i++)
		if (stk_str_is(name, switches[i]))
			return true;
	return false;
}

static const char *name_of_letter(char letter)
{
	for (size_t i = 0; i < STK_LEN(letters); i++)
		if (letters[i].letter == letter)
			return letters[i].name;
	return NULL;
}

/* The name that docker's help gives; docker takes the others too. */
static struct stk_str canonical(struct stk_str name)
{
	for (size_t i = 0; i < STK_LEN(synonyms); i++)
		if (stk_str_is(name, synonyms[i].other))
			return stk_str_from(synonyms[i].name);
	return name;
}

/* The words of the command line; `at` is the next one. */
struct reader {
	struct stk_arena *arena;
	char *const *words;
	size_t n, at;
	struct stk_docker_run *out;
	struct stk_err *err;
};

static int push(struct reader *r, struct stk_str name, bool has_value, struct stk_str value)
{
	/* A switch set to false is as if it was not there. */
	if (is_switch(name) && stk_str_is(value, "false") && !stk_str_is(name, "sig-proxy"))
		return 0;
	if (is_switch(name) && stk_str_is(value, "true"))
		has_value = false;
	*STK_PUSH(r->arena, &r->out->options) = (struct stk_run_option){ name, has_value ? value : S(""), has_value };
	return 0;
}

static bool is_valued(struct stk_str name)
{
	for (size_t i = 0; i < STK_LEN(valued); i++)
		if (stk_str_is(name, valued[i]))
			return true;
	return false;
}

/* Whether an unknown option takes a value cannot be told, and what follows would be taken for the image. */
static int check_known(struct reader *r, struct stk_str name)
{
	struct stk_strs names = { 0 };
	bool docker = false;
	for (size_t i = 0; i < r->out->command.n; i++)
		docker |= stk_str_is(r->out->command.v[i], "docker");
	if (!docker || is_switch(name) || is_valued(name))
		return 0;
	for (size_t i = 0; i < STK_LEN(valued); i++)
		*STK_PUSH(r->arena, &names) = stk_str_from(valued[i]);
	for (size_t i = 0; i < STK_LEN(switches); i++)
		*STK_PUSH(r->arena, &names) = stk_str_from(switches[i]);
	struct stk_str near = stk_nearest(name, &names);
	stk_fail(r->err, STK_EUSAGE, "docker run has no option --" STK_FMT, STK_ARG(name));
	return near.n ? stk_hint(r->err, "Did you mean \"--" STK_FMT "\"?", STK_ARG(near)) : -1;
}

/* The next word, whatever it looks like: pflag takes "--name --rm" for a name as well. */
static int next_value(struct reader *r, struct stk_str name, struct stk_str *value)
{
	if (r->at >= r->n)
		return stk_fail(r->err, STK_EUSAGE, "option --" STK_FMT " needs a value", STK_ARG(name));
	*value = stk_str_from(r->words[r->at++]);
	return 0;
}

/* "--name=value" or "--name value"; "--rm=false" takes a switch back. */
static int read_long(struct reader *r, struct stk_str word)
{
	struct stk_str value = stk_str_slice(word, 2, word.n), name = canonical(stk_str_cut(&value, '='));
	bool with = stk_str_find_byte(word, '=') != SIZE_MAX;
	if (!name.n)
		return stk_fail(r->err, STK_EUSAGE, "\"" STK_FMT "\" is no option", STK_ARG(word));
	if (check_known(r, name) < 0)
		return -1;
	if (!with && !is_switch(name) && next_value(r, name, &value) < 0)
		return -1;
	return push(r, name, with || !is_switch(name), value);
}

/* "-itp 80:80", "-p80:80", "-e=X", "-t=false". */
static int read_letters(struct reader *r, struct stk_str word)
{
	for (size_t i = 1; i < word.n; i++) {
		const char *text = name_of_letter(word.p[i]);
		if (!text)
			return stk_fail(r->err, STK_EUSAGE, "docker run has no option -%c", word.p[i]);
		struct stk_str name = stk_str_from(text), value = stk_str_slice(word, i + 1, word.n);
		if (is_switch(name) && stk_str_starts(value, S("=")))
			return push(r, name, true, stk_str_strip_prefix(value, S("=")));
		if (is_switch(name)) {
			push(r, name, false, S(""));
			continue;
		}
		value = stk_str_strip_prefix(value, S("="));
		if (!value.n && next_value(r, name, &value) < 0)
			return -1;
		return push(r, name, true, value);
	}
	return 0;
}

/* "sudo docker --context c container run": up to and with run or create. */
static int read_command(struct reader *r)
{
	while (r->at < r->n) {
		struct stk_str word = stk_str_from(r->words[r->at++]);
		*STK_PUSH(r->arena, &r->out->command) = word;
		if (stk_str_is(word, "run") || stk_str_is(word, "create"))
			return 0;
		for (size_t i = 0; i < STK_LEN(before_run) && r->at < r->n; i++)
			if (stk_str_is(word, before_run[i]))
				*STK_PUSH(r->arena, &r->out->command) = stk_str_from(r->words[r->at++]);
	}
	stk_fail(r->err, STK_EUSAGE, "not a \"docker run\" command");
	return stk_hint(r->err, "Write it behind \"--\": strake harden -- docker run -d -p 8080:80 nginx");
}

int stk_docker_run_parse(struct stk_arena *arena, char *const *words, size_t n, struct stk_docker_run *out,
			 struct stk_err *err)
{
	struct reader r = { arena, words, n, 0, out, err };
	*out = (struct stk_docker_run){ 0 };
	if (read_command(&r) < 0)
		return -1;
	while (r.at < r.n && r.words[r.at][0] == '-' && strcmp(r.words[r.at], "--") != 0) {
		struct stk_str word = stk_str_from(r.words[r.at++]);
		if ((stk_str_starts(word, S("--")) ? read_long(&r, word) : read_letters(&r, word)) < 0)
			return -1;
	}
	if (r.at < r.n && strcmp(r.words[r.at], "--") == 0)
		r.at++;
	if (r.at >= r.n)
		return stk_fail(err, STK_EUSAGE, "the command names no image");
	out->image = stk_str_from(r.words[r.at++]);
	while (r.at < r.n)
		*STK_PUSH(arena, &out->arguments) = stk_str_from(r.words[r.at++]);
	return 0;
}

void stk_docker_run_write(struct stk_buf *out, const struct stk_docker_run *run)
{
	for (size_t i = 0; i < run->command.n; i++) {
		stk_buf_add(out, i ? S(" ") : S(""));
		stk_shell_quote(out, run->command.v[i]);
	}
	for (size_t i = 0; i < run->options.n; i++) {
		const struct stk_run_option *option = &run->options.v[i];
		stk_buf_printf(out, " \\\n  --" STK_FMT, STK_ARG(option->name));
		if (option->has_value) {
			stk_buf_byte(out, '=');
			stk_shell_quote(out, option->value);
		}
	}
	stk_buf_add(out, S(" \\\n  "));
	stk_shell_quote(out, run->image);
	for (size_t i = 0; i < run->arguments.n; i++) {
		stk_buf_byte(out, ' ');
		stk_shell_quote(out, run->arguments.v[i]);
	}
	stk_buf_byte(out, '\n');
}
