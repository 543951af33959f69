/* SPDX-License-Identifier: Apache-2.0 */
/* CMP-2xx: what of the host a container gets to see. */
#include "base/buf.h"
#include "base/limits.h"
#include "compose/check_private.h"
#include "compose/loader.h"
#include "text/path.h"
#include "base/banned.h"

static bool within(struct stk_str path, struct stk_str folder)
{
	return stk_str_starts(path, folder) && (path.n == folder.n || folder.n == 1 || path.p[folder.n] == '/');
}

/* Where people keep the project itself: a mount below it is the project's own data, wherever the folder lies. */
static bool in_project(check *c, struct stk_str source)
{
	return c->project->directory.n > 1 && within(source, c->project->directory);
}

/* Compose keeps absolute paths as they are written: /srv/../etc/ is /etc. */
static struct stk_str cleaned(check *c, struct stk_str path)
{
	bool odd = stk_str_contains(path, S("//")) || stk_str_contains(path, S("/.")) || stk_str_ends(path, S("/"));
	return odd && stk_str_starts(path, S("/")) ? stk_path_clean(c->report->arena, path) : path;
}

/* A link that is part of the project leads to the same place wherever it is deployed; other links of this machine say
 * nothing about the next. */
static struct stk_str followed(check *c, struct stk_str source)
{
	/* Only links inside the project that lead out of it: a link elsewhere on the host says
	   nothing of whoever runs this. */
	struct stk_compose_file file, folder;
	if (!c->file || !in_project(c, source) || !c->file(c->file_context, source, &file) || !file.real.n ||
	    stk_str_eq(file.real, source) || !c->file(c->file_context, c->project->directory, &folder) ||
	    !folder.real.n || within(file.real, folder.real))
		return source;
	return file.real;
}

/* The host's path behind a mount, whether it stands in the service or in a top-level volume. */
static bool host_source(check *c, const struct stk_compose_mount *mount, struct stk_str *source)
{
	bool is_bind = stk_str_is(mount->type, "bind");
	*source = is_bind || stk_str_is(mount->type, "npipe") ? mount->source
		  : mount->volume			      ? mount->volume->device
							      : S("");
	*source = cleaned(c, *source);
	if (is_bind)
		*source = followed(c, *source);
	return source->n > 0;
}

/* The engine's socket, or a folder that holds it: /run, a user's /run/user/1000 of a rootless engine. */
static bool is_socket(struct stk_str source)
{
	static const char *const sockets[] = { "docker.sock", "containerd.sock", "podman.sock", "crio.sock",
					       "docker_engine" };
	for (size_t i = 0; i < STK_LEN(sockets); i++)
		if (stk_str_ends(source, stk_str_from(sockets[i])))
			return true;
	/* /var/run is /run on every current distribution. A folder that holds the socket gives
	   it as well. */
	struct stk_str inner = stk_str_strip_prefix(source, S("/var"));
	struct stk_str user = stk_str_strip_prefix(inner, S("/run/user/"));
	return stk_str_is(source, "/") ||
	       stk_compose_one_of(inner, "/run /run/user /run/containerd /run/podman /run/crio") ||
	       (user.n && user.n < inner.n && stk_str_find_byte(user, '/') == SIZE_MAX);
}

static void check_sockets(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < s->mounts.n; i++) {
			const struct stk_compose_mount *m = &s->mounts.v[i];
			struct stk_str source;
			if (!host_source(c, m, &source) || !is_socket(source))
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

static bool is_credential_folder(struct stk_str source)
{
	static const char *const names[] = { "/.ssh",	 "/.aws",   "/.azure",	      "/.kube",
					     "/.docker", "/.gnupg", "/.config/gcloud" };
	for (size_t i = 0; i < STK_LEN(names); i++) {
		struct stk_str name = stk_str_from(names[i]);
		size_t at = stk_str_find(source, name);
		if (at != SIZE_MAX && (at + name.n == source.n || source.p[at + name.n] == '/'))
			return true;
	}
	return false;
}

static bool is_home(struct stk_str source)
{
	static const char *const folders[] = { "/home/", "/Users/" };
	for (size_t i = 0; i < STK_LEN(folders); i++) {
		struct stk_str rest = stk_str_strip_prefix(source, stk_str_from(folders[i]));
		if (rest.n && rest.n < source.n && stk_str_find_byte(rest, '/') == SIZE_MAX)
			return true;
	}
	return stk_str_is(source, "/root");
}

/* A folder that holds the project, but for the whole file system, which other rules name. */
static bool is_above(check *c, struct stk_str source)
{
	return c->project->directory.n && within(c->project->directory, source) && !stk_str_is(source, "/");
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

/* A folder of the system that is neither the project's own nor harmless. */
static bool is_host_folder(check *c, const struct stk_compose_mount *m, struct stk_str source)
{
	return is_system(source) && !is_socket(source) && !in_project(c, source) && !is_harmless(source, m->read_only);
}

static bool is_own_configuration(const struct stk_compose_mount *m, struct stk_str source)
{
	return stk_str_is(m->type, "bind") && !m->read_only && is_configuration(source) && !is_system(source);
}

static bool is_own_folder(check *c, const struct stk_compose_mount *m, struct stk_str source)
{
	return is_above(c, source) && !m->read_only && !is_credential_folder(source) && !is_home(source);
}

/* Whether the engine would make a folder for what is not there. */
static bool is_missing(check *c, const struct stk_compose_mount *m)
{
	struct stk_compose_file file;
	return c->file && stk_str_is(m->type, "bind") &&
	       stk_compose_is_true(stk_compose_path(m->node, "bind.create_host_path")) &&
	       c->file(c->file_context, m->source, &file) && !file.exists;
}

/* What all rules together want of a mount. Their fixes are edits of one text, so each writes what all want. */
struct wishes {
	bool read_only, own_labels, private, no_folder;
};

/* What all rules want of this mount. A mount in its short form is one text that only one edit
   can change, so each rule's repair writes what all of them ask for. */
static struct wishes wishes_of(check *c, const struct stk_compose_mount *m)
{
	struct stk_str source;
	struct wishes w = { 0 };
	if (!host_source(c, m, &source))
		return w;
	w.read_only = !m->volume && !m->read_only &&
		      (is_host_folder(c, m, source) || is_own_configuration(m, source) || is_own_folder(c, m, source));
	w.own_labels = m->selinux.n && is_system(source) && !in_project(c, source);
	w.private = stk_compose_one_of(m->propagation, "shared rshared slave rslave");
	w.no_folder = is_missing(c, m);
	return w;
}

/* The options of a short form as they shall be: "ro,z". */
static struct stk_str wished_options(check *c, struct stk_str options, const struct wishes *w)
{
	struct stk_str out = S("");
	bool read_only = w->read_only;
	while (options.n || read_only) {
		struct stk_str option = stk_str_cut(&options, ',');
		if (!option.n && !options.n) {
			option = S("ro");
			read_only = false;
		}
		if ((w->read_only && stk_str_is(option, "rw")) ||
		    (w->own_labels && (stk_str_is(option, "z") || stk_str_is(option, "Z"))))
			continue;
		if (w->private && stk_compose_one_of(option, "shared rshared slave rslave"))
			option = S("rprivate");
		out = stk_arena_printf(c->report->arena, STK_FMT "%s" STK_FMT, STK_ARG(out), out.n ? "," : "",
				       STK_ARG(option));
	}
	return out;
}

/* The long form of a bind mount that must not make its folder, in the lines of a block list or in braces. */
static struct stk_str long_form(check *c, const struct stk_compose_mount *m, struct stk_str source,
				struct stk_str target, struct stk_str options)
{
	struct stk_arena *arena = c->report->arena;
	const struct stk_yaml *yaml = m->node->place.yaml;
	struct stk_str before = stk_str_slice(m->node->place.source->text, 0, yaml->begin);
	size_t line = stk_str_rfind_byte(before, '\n') + 1;
	struct stk_str lead = stk_str_trim(stk_str_slice(before, line, before.n));
	/* An item behind a dash goes on below it in the column of its value; in a flow list it
	   becomes a flow map. */
	bool block = stk_str_is(lead, "-");
	STK_BUF out = stk_buf_new(STK_KIB(64));
	STK_BUF next = stk_buf_new(STK_KIB(64));
	stk_buf_printf(&next, "%s", block ? "\n" : ", ");
	stk_buf_repeat(&next, ' ', block ? yaml->column - 1 : 0);
	struct stk_str gap = stk_buf_str(&next);
	stk_buf_printf(&out, "%stype: bind" STK_FMT "source: " STK_FMT STK_FMT "target: " STK_FMT, block ? "" : "{",
		       STK_ARG(gap), STK_ARG(stk_yaml_quote(arena, source, false)), STK_ARG(gap),
		       STK_ARG(stk_yaml_quote(arena, target, false)));
	struct stk_str bind = S("create_host_path: false");
	while (options.n) {
		struct stk_str option = stk_str_cut(&options, ',');
		if (stk_str_is(option, "ro"))
			stk_buf_printf(&out, STK_FMT "read_only: true", STK_ARG(gap));
		else if (stk_str_is(option, "z") || stk_str_is(option, "Z"))
			bind = stk_arena_printf(arena, STK_FMT ", selinux: " STK_FMT, STK_ARG(bind), STK_ARG(option));
		else if (stk_compose_one_of(option, "private rprivate shared rshared slave rslave"))
			bind = stk_arena_printf(arena, STK_FMT ", propagation: " STK_FMT, STK_ARG(bind),
						STK_ARG(option));
	}
	stk_buf_printf(&out, STK_FMT "bind: {" STK_FMT "}%s", STK_ARG(gap), STK_ARG(bind), block ? "" : "}");
	return stk_arena_str(arena, stk_buf_str(&out));
}

/* Writes a short form as the rules together want it. */
static void rewrite_short(check *c, struct stk_finding *f, const char *what, const struct stk_compose_mount *m)
{
	struct stk_str rest = m->node->place.yaml->text;
	struct wishes w = wishes_of(c, m);
	size_t colons = 0;
	for (size_t i = 0; i < rest.n; i++)
		colons += rest.p[i] == ':';
	/* C:\x:/y cannot be cut at its first colon. */
	bool drive = rest.n > 1 && rest.p[1] == ':' && stk_is_alpha(rest.p[0]);
	if (m->node->variable || !colons || colons > 2 || drive) {
		stk_finding_evidence(c->report, f, "not repaired automatically: %s",
				     drive ? "the path is one of Windows" : "a variable gives the value");
		return;
	}
	struct stk_str source = stk_str_cut(&rest, ':'), target = stk_str_cut(&rest, ':');
	struct stk_str options = wished_options(c, rest, &w);
	if (w.no_folder)
		stk_compose_fix_write(c, f, false, what, m->node,
				      long_form(c, m, source, stk_path_clean(c->report->arena, target), options));
	else
		stk_compose_fix_replace(c, f, false, what, m->node,
					stk_arena_printf(c->report->arena, STK_FMT ":" STK_FMT "%s" STK_FMT,
							 STK_ARG(source), STK_ARG(target), options.n ? ":" : "",
							 STK_ARG(options)),
					false);
}

/* Where `bind` holds nothing but the label, and read_only is to come, that takes its place. */
static bool label_makes_room(check *c, const struct stk_compose_mount *m)
{
	const node *bind = stk_compose_get(m->node, "bind");
	struct wishes w = wishes_of(c, m);
	return w.own_labels && w.read_only && bind && bind->place.yaml && bind->place.yaml->type == STK_YAML_MAP &&
	       bind->place.yaml->n == 1 && stk_yaml_get(bind->place.yaml, "selinux") &&
	       !stk_yaml_get(m->node->place.yaml, "read_only");
}

static void put_read_only_for_bind(check *c, struct stk_finding *f, const char *what, const struct stk_compose_mount *m)
{
	stk_compose_fix_exchange(c, f, false, what, m->node, "bind", S("read_only: true"));
}

/* Adds ":ro" to a short form, or read_only to a long one. */
static void offer_read_only(check *c, struct stk_finding *f, const struct stk_compose_mount *m)
{
	static const char what[] = "mount it read-only";
	const struct stk_yaml *yaml = m->node->place.yaml;
	if (!yaml || m->volume)
		return;
	if (yaml->type != STK_YAML_MAP)
		rewrite_short(c, f, what, m);
	else if (label_makes_room(c, m))
		put_read_only_for_bind(c, f, what, m);
	else
		stk_compose_fix_add_to(c, f, false, what, m->node, "read_only", &STK_YAML_LITERAL_TEXT(S("true")));
}

static void check_host_folders(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < s->mounts.n; i++) {
			const struct stk_compose_mount *m = &s->mounts.v[i];
			struct stk_str source;
			if (!host_source(c, m, &source) || !is_host_folder(c, m, source))
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

static void check_own_files(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < s->mounts.n; i++) {
			const struct stk_compose_mount *m = &s->mounts.v[i];
			struct stk_str source;
			if (!host_source(c, m, &source))
				continue;
			const char *what = is_credential_folder(source) ? "a folder of credentials"
					   : is_home(source)		? "a home folder"
					   : is_own_folder(c, m, source)
						   ? "the project's own folder, this file included"
						   : NULL;
			if (!what)
				continue;
			struct stk_finding *f = stk_compose_find(c, rule, s, m->node->place,
								 "service \"" STK_FMT "\" gets %s: " STK_FMT,
								 STK_ARG(s->name), what, STK_ARG(source));
			if (is_own_folder(c, m, source)) {
				f->severity = STK_SEV_MEDIUM;
				offer_read_only(c, f, m);
			}
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
			/* shared goes both ways: what the container mounts appears on the host. */
			f->severity = shared ? STK_SEV_HIGH : STK_SEV_LOW;
			const node *long_form = stk_compose_path(m->node, "bind.propagation");
			bool is_long = m->node->place.yaml && m->node->place.yaml->type == STK_YAML_MAP;
			if (is_long && long_form)
				stk_compose_fix_replace(c, f, false, "keep mounts private", long_form, S("rprivate"),
							false);
			else if (is_long || !m->node->place.yaml || m->node->variable)
				stk_compose_fix_inside(c, f, false, "keep mounts private", m->node, m->propagation,
						       S("rprivate"));
			else
				rewrite_short(c, f, "keep mounts private", m);
		}
}

static void check_relabel(const struct stk_rule *rule, void *context)
{
	static const char what[] = "leave the labels";
	check *c = context;
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < s->mounts.n; i++) {
			const struct stk_compose_mount *m = &s->mounts.v[i];
			struct stk_str source;
			if (!host_source(c, m, &source) || !wishes_of(c, m).own_labels)
				continue;
			struct stk_finding *f =
				stk_compose_find(c, rule, s, m->node->place,
						 "service \"" STK_FMT "\" relabels all of " STK_FMT " on the host",
						 STK_ARG(s->name), STK_ARG(source));
			const struct stk_yaml *yaml = m->node->place.yaml;
			const node *bind = stk_compose_get(m->node, "bind");
			if (yaml && yaml->type != STK_YAML_MAP)
				rewrite_short(c, f, what, m);
			else if (label_makes_room(c, m))
				put_read_only_for_bind(c, f, what, m);
			else if (yaml && bind && bind->place.yaml && bind->place.yaml->n == 1)
				stk_compose_fix_remove(c, f, false, what, m->node, bind);
			else if (yaml)
				stk_compose_fix_remove(c, f, false, what, bind, stk_compose_get(bind, "selinux"));
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

static void check_configuration(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < s->mounts.n; i++) {
			const struct stk_compose_mount *m = &s->mounts.v[i];
			struct stk_str source;
			if (!host_source(c, m, &source) || !is_own_configuration(m, source))
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
	static const char what[] = "refuse to start without it";
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; c->file && i < s->mounts.n; i++) {
			const struct stk_compose_mount *m = &s->mounts.v[i];
			if (!is_missing(c, m))
				continue;
			struct stk_finding *f = stk_compose_find(c, rule, s, m->node->place,
								 "service \"" STK_FMT "\": " STK_FMT
								 " is not there; it will be made as a folder of root's",
								 STK_ARG(s->name), STK_ARG(m->source));
			if (m->node->place.yaml && m->node->place.yaml->type == STK_YAML_MAP)
				stk_compose_fix_replace(c, f, false, what,
							stk_compose_path(m->node, "bind.create_host_path"), S("false"),
							true);
			else if (m->node->place.yaml)
				rewrite_short(c, f, what, m);
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
