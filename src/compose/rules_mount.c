/* SPDX-License-Identifier: Apache-2.0 */
/* CMP-2xx: what of the host a container gets to see. */
#include "compose/check_private.h"
#include "base/banned.h"

/* The host's path behind a mount, whether it stands in the service or in a top-level volume. */
static bool host_source(const struct stk_compose_mount *mount, struct stk_str *source)
{
	*source = stk_str_is(mount->type, "bind") || stk_str_is(mount->type, "npipe") ? mount->source
		  : mount->volume						      ? mount->volume->device
										      : S("");
	while (source->n > 1 && source->p[source->n - 1] == '/')
		source->n--;
	return source->n > 0;
}

static bool within(struct stk_str path, struct stk_str folder)
{
	return stk_str_starts(path, folder) && (path.n == folder.n || folder.n == 1 || path.p[folder.n] == '/');
}

static bool is_socket(struct stk_str source)
{
	static const char *const sockets[] = { "docker.sock", "containerd.sock", "podman.sock", "crio.sock",
					       "docker_engine" };
	for (size_t i = 0; i < STK_LEN(sockets); i++)
		if (stk_str_ends(source, stk_str_from(sockets[i])))
			return true;
	return stk_compose_one_of(source, "/run /var/run /");
}

static void check_sockets(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < s->mounts.n; i++) {
			const struct stk_compose_mount *m = &s->mounts.v[i];
			struct stk_str source;
			if (!host_source(m, &source) || !is_socket(source))
				continue;
			struct stk_finding *f =
				stk_compose_find(c, rule, s, m->node->place,
						 "service \"" STK_FMT "\" gets the engine's socket from " STK_FMT,
						 STK_ARG(s->name), STK_ARG(source));
			if (m->read_only)
				stk_finding_evidence(c->report, f,
						     "read-only does not help: requests are sent through the socket, "
						     "not written to a file");
			if (stk_compose_is_exposed(s))
				stk_finding_evidence(c->report, f,
						     "it publishes ports: a flaw in the program is root on the host "
						     "for anybody who reaches it");
			else
				f->severity = STK_SEV_HIGH;
		}
}

static void check_api_socket(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *value = stk_compose_get(s->node, "use_api_socket");
		if (!stk_compose_is_true(value))
			continue;
		struct stk_finding *f = stk_compose_find(
			c, rule, s, stk_compose_place_of(s, "use_api_socket"),
			"service \"" STK_FMT "\" gets the engine's socket and the user's registry credentials",
			STK_ARG(s->name));
		stk_compose_fix_remove(c, f, false, "take use_api_socket out", s->node, value);
	}
}

static bool is_harmless(struct stk_str source, bool read_only)
{
	if (stk_compose_one_of(source, "/dev/shm /dev/null /dev/log /dev/urandom /dev/random"))
		return true;
	return read_only &&
	       stk_compose_one_of(
		       source,
		       "/etc/localtime /etc/timezone /sys/fs/cgroup /etc/ssl/certs /etc/pki /usr/share/zoneinfo "
		       "/etc/machine-id /etc/os-release");
}

static bool is_system(struct stk_str source)
{
	static const char *const folders[] = { "/boot", "/dev", "/etc",	 "/lib",  "/lib64", "/proc", "/sys",
					       "/usr",	"/bin", "/sbin", "/root", "/var",   "/home" };
	for (size_t i = 0; i < STK_LEN(folders); i++)
		if (within(source, stk_str_from(folders[i])))
			return true;
	return stk_str_is(source, "/");
}

/* Where people keep the project itself: a mount below it is the project's own data, wherever the folder lies. */
static bool in_project(check *c, struct stk_str source)
{
	return c->project->directory.n > 1 && within(source, c->project->directory);
}

/* Whether the mount changes the SELinux labels of the host's own files. */
static bool relabels_system(check *c, const struct stk_compose_mount *m)
{
	struct stk_str source;
	return m->selinux.n && host_source(m, &source) && is_system(source) && !in_project(c, source);
}

/* The text of a short form with ":ro", if asked for, and without what relabels the host's own files. */
static struct stk_str short_form(check *c, const struct stk_compose_mount *m, bool read_only)
{
	struct stk_str rest = m->node->place.yaml->text;
	struct stk_str source = stk_str_cut(&rest, ':'), target = stk_str_cut(&rest, ':');
	struct stk_str out = stk_arena_printf(c->report->arena, STK_FMT ":" STK_FMT, STK_ARG(source), STK_ARG(target));
	const char *mark = ":";
	while (rest.n) {
		struct stk_str option = stk_str_cut(&rest, ',');
		if ((read_only && stk_str_is(option, "rw")) ||
		    (relabels_system(c, m) && stk_compose_one_of(option, "z Z")))
			continue;
		out = stk_arena_printf(c->report->arena, STK_FMT "%s" STK_FMT, STK_ARG(out), mark, STK_ARG(option));
		mark = ",";
	}
	return read_only ? stk_arena_printf(c->report->arena, STK_FMT "%sro", STK_ARG(out), mark) : out;
}

static void replace_short(check *c, struct stk_finding *f, const char *what, const struct stk_compose_mount *m,
			  bool read_only)
{
	struct stk_str text = m->node->place.yaml->text;
	size_t colons = 0;
	for (size_t i = 0; i < text.n; i++)
		colons += text.p[i] == ':';
	if (m->node->variable || !colons || colons > 2)
		stk_finding_evidence(c->report, f, "not repaired automatically: a variable gives the value");
	else
		stk_compose_fix_replace(c, f, false, what, m->node, short_form(c, m, read_only), false);
}

/* Adds ":ro" to a short form, or read_only to a long one. */
static void offer_read_only(check *c, struct stk_finding *f, const struct stk_compose_mount *m)
{
	const struct stk_yaml *yaml = m->node->place.yaml;
	if (!yaml || m->volume)
		return;
	if (yaml->type != STK_YAML_MAP)
		replace_short(c, f, "mount it read-only", m, true);
	else if (!stk_yaml_get(yaml, "read_only"))
		stk_compose_fix_add_to(c, f, false, "mount it read-only", m->node, "read_only",
				       &STK_YAML_LITERAL_TEXT(S("true")));
}

/* Whether check_host_folders makes the mount read-only. */
static bool is_writable_host_folder(check *c, const struct stk_compose_mount *m, struct stk_str source)
{
	return !m->volume && !m->read_only && is_system(source) && !is_socket(source) && !in_project(c, source) &&
	       !is_harmless(source, false);
}

static void check_host_folders(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < s->mounts.n; i++) {
			const struct stk_compose_mount *m = &s->mounts.v[i];
			struct stk_str source;
			if (!host_source(m, &source) || !is_system(source) || is_socket(source) ||
			    in_project(c, source) || is_harmless(source, m->read_only))
				continue;
			struct stk_finding *f = stk_compose_find(
				c, rule, s, m->node->place, "service \"" STK_FMT "\" may %s " STK_FMT " of the host",
				STK_ARG(s->name), m->read_only ? "read" : "change", STK_ARG(source));
			if (m->read_only)
				f->severity = within(source, S("/lib/modules")) ? STK_SEV_INFO : STK_SEV_MEDIUM;
			else
				offer_read_only(c, f, m);
		}
}

static bool is_credential_folder(struct stk_str source)
{
	static const char *const names[] = { "/.ssh",	 "/.aws",   "/.azure",	      "/.kube",
					     "/.docker", "/.gnupg", "/.config/gcloud" };
	for (size_t i = 0; i < STK_LEN(names); i++)
		if (stk_str_contains(source, stk_str_from(names[i])))
			return true;
	return false;
}

static bool is_home(struct stk_str source)
{
	if (stk_str_is(source, "/root"))
		return true;
	struct stk_str rest = stk_str_strip_prefix(source, S("/home/"));
	return rest.n < source.n && rest.n && stk_str_find_byte(rest, '/') == SIZE_MAX;
}

static void check_own_files(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < s->mounts.n; i++) {
			const struct stk_compose_mount *m = &s->mounts.v[i];
			struct stk_str source;
			if (!host_source(m, &source))
				continue;
			bool above = c->project->directory.n && within(c->project->directory, source) &&
				     !stk_str_is(source, "/");
			const char *what = is_credential_folder(source) ? "a folder of credentials"
					   : is_home(source)		? "a home folder"
					   : above && !m->read_only	? "the project's own folder, this file included"
									: NULL;
			if (!what)
				continue;
			struct stk_finding *f = stk_compose_find(c, rule, s, m->node->place,
								 "service \"" STK_FMT "\" gets %s: " STK_FMT,
								 STK_ARG(s->name), what, STK_ARG(source));
			if (above && !is_credential_folder(source) && !is_home(source))
				f->severity = STK_SEV_MEDIUM;
		}
}

static void check_propagation(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < s->mounts.n; i++) {
			const struct stk_compose_mount *m = &s->mounts.v[i];
			bool shared = stk_compose_one_of(m->propagation, "shared rshared"),
			     slave = stk_compose_one_of(m->propagation, "slave rslave");
			if (!shared && !slave)
				continue;
			struct stk_finding *f = stk_compose_find(
				c, rule, s, m->node->place, "service \"" STK_FMT "\": mounts below " STK_FMT " %s",
				STK_ARG(s->name), STK_ARG(m->target),
				shared ? "leak back to the host" : "follow the host's");
			f->severity = shared ? STK_SEV_HIGH : STK_SEV_LOW;
			const node *long_form = stk_compose_path(m->node, "bind.propagation");
			bool is_long = m->node->place.yaml && m->node->place.yaml->type == STK_YAML_MAP;
			if (is_long && long_form)
				stk_compose_fix_replace(c, f, false, "keep mounts private", long_form, S("rprivate"),
							false);
			else
				stk_compose_fix_inside(c, f, false, "keep mounts private", m->node, m->propagation,
						       S("rprivate"));
		}
}

static void check_relabel(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < s->mounts.n; i++) {
			const struct stk_compose_mount *m = &s->mounts.v[i];
			struct stk_str source;
			if (!relabels_system(c, m) || !host_source(m, &source))
				continue;
			struct stk_finding *f =
				stk_compose_find(c, rule, s, m->node->place,
						 "service \"" STK_FMT "\" relabels all of " STK_FMT " on the host",
						 STK_ARG(s->name), STK_ARG(source));
			const struct stk_yaml *yaml = m->node->place.yaml;
			const node *bind = stk_compose_get(m->node, "bind");
			if (yaml && yaml->type == STK_YAML_MAP)
				stk_compose_fix_remove(c, f, false, "leave the labels", bind,
						       stk_compose_get(bind, "selinux"));
			else if (yaml)
				replace_short(c, f, "leave the labels", m, is_writable_host_folder(c, m, source));
		}
}

static void check_shared_volumes(const struct stk_rule *rule, void *context)
{
	check *c = context;
	struct stk_map first = { 0 }; /* source -> service */
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < s->mounts.n; i++) {
			const struct stk_compose_mount *m = &s->mounts.v[i];
			if (!m->source.n || m->read_only || stk_str_is(m->type, "tmpfs") ||
			    stk_str_is(m->type, "image"))
				continue;
			service **before = (service **)stk_map_at(&first, c->report->arena, m->source);
			if (*before && *before != s)
				stk_compose_find(c, rule, s, m->node->place,
						 "services \"" STK_FMT "\" and \"" STK_FMT "\" both write to " STK_FMT,
						 STK_ARG((*before)->name), STK_ARG(s->name), STK_ARG(m->source));
			if (!*before)
				*before = s;
		}
}

static bool is_configuration(struct stk_str path)
{
	static const char *const ends[] = { ".conf", ".cnf", ".yml", ".yaml", ".toml",
					    ".ini",  ".crt", ".pem", ".key",  ".properties" };
	for (size_t i = 0; i < STK_LEN(ends); i++)
		if (stk_str_ends(path, stk_str_from(ends[i])))
			return true;
	return false;
}

static void check_configuration(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < s->mounts.n; i++) {
			const struct stk_compose_mount *m = &s->mounts.v[i];
			if (!stk_str_is(m->type, "bind") || m->read_only || !is_configuration(m->source) ||
			    is_system(m->source))
				continue;
			struct stk_finding *f =
				stk_compose_find(c, rule, s, m->node->place,
						 "service \"" STK_FMT "\" may change its configuration " STK_FMT,
						 STK_ARG(s->name), STK_ARG(m->source));
			offer_read_only(c, f, m);
		}
}

static void check_missing_sources(const struct stk_rule *rule, void *context)
{
	check *c = context;
	struct stk_compose_file file;
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; c->file && i < s->mounts.n; i++) {
			const struct stk_compose_mount *m = &s->mounts.v[i];
			if (stk_str_is(m->type, "bind") &&
			    stk_compose_is_true(stk_compose_path(m->node, "bind.create_host_path")) &&
			    c->file(c->file_context, m->source, &file) && !file.exists)
				stk_compose_find(c, rule, s, m->node->place,
						 "service \"" STK_FMT "\": " STK_FMT
						 " is not there; it will be made as a folder of root's",
						 STK_ARG(s->name), STK_ARG(m->source));
		}
}

static void check_tmpfs(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *list = stk_compose_get(s->node, "tmpfs");
		for (uint32_t i = 0; i < stk_compose_count(list); i++) {
			struct stk_str text = list->items[i]->text, rest = text;
			stk_str_cut(&rest, ':');
			bool size = stk_str_contains(rest, S("size=")), exec = stk_str_contains(rest, S("noexec")),
			     suid = stk_str_contains(rest, S("nosuid"));
			if (size && exec && suid)
				continue;
			struct stk_finding *f = stk_compose_find(
				c, rule, s, list->items[i]->place,
				"service \"" STK_FMT "\": tmpfs " STK_FMT " lacks%s%s%s", STK_ARG(s->name),
				STK_ARG(text), size ? "" : " size=", exec ? "" : " noexec", suid ? "" : " nosuid");
			struct stk_str more = stk_arena_printf(c->report->arena, STK_FMT "%s%s%s%s%s", STK_ARG(text),
							       rest.n ? "," : ":", size ? "" : "size=64m",
							       !size && !exec ? "," : "", exec ? "" : "noexec",
							       suid	      ? ""
							       : size && exec ? "nosuid"
									      : ",nosuid");
			if (list->merged)
				stk_finding_evidence(c->report, f,
						     "not repaired automatically: several files add to the list");
			else
				stk_compose_fix_replace(c, f, false, "limit it", list->items[i], more, false);
		}
	}
}

static void check_volumes_from(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s))
		if (stk_compose_get(s->node, "volumes_from"))
			stk_compose_find(c, rule, s, stk_compose_place_of(s, "volumes_from"),
					 "service \"" STK_FMT "\" inherits another's mounts unseen", STK_ARG(s->name));
}

#define RUN .layer = STK_LAYER_RUNTIME

static const struct stk_rule rows[] = {
	{ .id = "CMP-201",
	  .aliases = { "kics:docker_socket_mounted_in_container", "semgrep:exposing-docker-socket-volume", "CIS-5.32" },
	  RUN,
	  .severity = STK_SEV_CRITICAL,
	  .title = "the engine's socket is mounted",
	  .why = "Whoever talks to the engine starts a privileged container and is root on the host.",
	  .remedy = "Use a socket proxy that lets single requests through, or rootless Docker.",
	  .bad = "volumes: [/var/run/docker.sock:/var/run/docker.sock]",
	  .check = check_sockets },
	{ .id = "CMP-202",
	  RUN,
	  .severity = STK_SEV_CRITICAL,
	  .title = "Compose hands over the engine's socket",
	  .why = "The socket is root on the host, and the user's registry credentials come along.",
	  .remedy = "Take use_api_socket out.",
	  .bad = "use_api_socket: true",
	  .check = check_api_socket },
	{ .id = "CMP-203",
	  .aliases = { "kics:volume_has_sensitive_host_directory", "CIS-5.6" },
	  RUN,
	  .severity = STK_SEV_HIGH,
	  .title = "a folder of the host's system is mounted",
	  .why = "System files can be read or changed: users, keys, start scripts, other containers' data.",
	  .remedy = "Mount the one file that is needed, read-only.",
	  .bad = "volumes: [/etc:/host/etc]",
	  .check = check_host_folders },
	{ .id = "CMP-204",
	  RUN,
	  .severity = STK_SEV_HIGH,
	  .title = "credentials or the project itself are mounted",
	  .why = "Keys in home folders open other systems; whoever writes to the Compose file decides what runs next.",
	  .remedy = "Mount the sub-folder that is needed.",
	  .bad = "volumes: [\"~/.ssh:/root/.ssh\"]",
	  .check = check_own_files },
	{ .id = "CMP-205",
	  .aliases = { "kics:volume_mounted_in_multiple_containers", "CIS-5.20" },
	  RUN,
	  .severity = STK_SEV_MEDIUM,
	  .title = "mounts propagate between container and host",
	  .why = "What the container mounts appears on the host.",
	  .remedy = "Use rprivate, which is the default.",
	  .bad = "volumes: [/data:/data:shared]",
	  .check = check_propagation },
	{ .id = "CMP-206",
	  RUN,
	  .severity = STK_SEV_HIGH,
	  .title = "a system folder is relabelled",
	  .why = ":z and :Z change the SELinux labels of everything below, and the host's services lose their files.",
	  .remedy = "Take the option out.",
	  .bad = "volumes: [/usr:/host:Z]",
	  .check = check_relabel },
	{ .id = "CMP-207",
	  .aliases = { "kics:shared_volumes_between_containers" },
	  RUN,
	  .severity = STK_SEV_INFO,
	  .title = "two services write to one volume",
	  .why = "What takes over one service reaches the other through the files.",
	  .remedy = "Mount it read-only where it is only read.",
	  .bad = "volumes: [data:/data]",
	  .check = check_shared_volumes },
	{ .id = "CMP-208",
	  RUN,
	  .severity = STK_SEV_LOW,
	  .title = "configuration is mounted writable",
	  .why = "An attacker in the container changes the configuration on the host, and it stays.",
	  .remedy = "Add :ro.",
	  .bad = "volumes: [./nginx.conf:/etc/nginx/nginx.conf]",
	  .good = "volumes: [./nginx.conf:/etc/nginx/nginx.conf:ro]",
	  .check = check_configuration },
	{ .id = "CMP-209",
	  RUN,
	  .severity = STK_SEV_INFO,
	  .title = "the mounted path does not exist",
	  .why = "The engine makes an empty folder owned by root in its place, and a typing error stays hidden.",
	  .remedy = "Correct the path, or use the long form with create_host_path: false.",
	  .bad = "volumes: [./confg:/etc/app]",
	  .check = check_missing_sources },
	{ .id = "CMP-210",
	  RUN,
	  .severity = STK_SEV_LOW,
	  .title = "tmpfs without limits",
	  .why = "It can fill the host's memory and hold programs to run.",
	  .remedy = "Add size=, noexec, nosuid, nodev.",
	  .bad = "tmpfs: [/tmp]",
	  .good = "tmpfs: [\"/tmp:size=64m,noexec,nosuid,nodev\"]",
	  .check = check_tmpfs },
	{ .id = "CMP-211",
	  RUN,
	  .severity = STK_SEV_LOW,
	  .title = "volumes_from inherits mounts",
	  .why = "Mounts added to the other service arrive here unseen, sockets and secrets among them.",
	  .remedy = "Name the volumes.",
	  .bad = "volumes_from: [app]",
	  .check = check_volumes_from },
};

const struct stk_rule_table stk_compose_mount_rules = { "compose", rows, STK_LEN(rows) };
