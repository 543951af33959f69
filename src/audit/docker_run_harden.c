/* SPDX-License-Identifier: Apache-2.0 */
/* What makes a `docker run` command harder to misuse: one small function a measure, in the order in which the notes are
 * shown. */
#include "audit/docker_run.h"

#include "compose/official.h"
#include "base/banned.h"

struct hardener {
	struct stk_arena *arena;
	struct stk_docker_run *run;
	struct stk_run_notes *notes;
	bool unsafe;
};

static struct stk_run_option *find(const struct hardener *h, const char *name)
{
	for (size_t i = 0; i < h->run->options.n; i++)
		if (stk_str_is(h->run->options.v[i].name, name))
			return &h->run->options.v[i];
	return NULL;
}

static struct stk_str show(struct hardener *h, const struct stk_run_option *option)
{
	return option->has_value ? stk_arena_printf(h->arena, "--" STK_FMT "=" STK_FMT, STK_ARG(option->name),
						    STK_ARG(option->value))
				 : stk_arena_printf(h->arena, "--" STK_FMT, STK_ARG(option->name));
}

static void note(struct hardener *h, enum stk_run_note_kind kind, struct stk_str what, const char *why)
{
	*STK_PUSH(h->arena, h->notes) = (struct stk_run_note){ kind, what, stk_str_from(why) };
}

static void add(struct hardener *h, const char *name, const char *value, const char *why)
{
	struct stk_run_option *option = STK_PUSH(h->arena, &h->run->options);
	*option = (struct stk_run_option){ stk_str_from(name), stk_str_from(value), value != NULL };
	note(h, STK_RUN_ADDED, show(h, option), why);
}

static void change(struct hardener *h, struct stk_run_option *option, struct stk_str value, const char *why)
{
	struct stk_str before = show(h, option);
	option->value = value;
	note(h, STK_RUN_CHANGED,
	     stk_arena_printf(h->arena, STK_FMT " became " STK_FMT, STK_ARG(before), STK_ARG(show(h, option))), why);
}

static void take_out(struct hardener *h, struct stk_run_option *option, const char *why)
{
	size_t at = (size_t)(option - h->run->options.v);
	note(h, STK_RUN_REMOVED, show(h, option), why);
	for (size_t i = at; i + 1 < h->run->options.n; i++)
		h->run->options.v[i] = h->run->options.v[i + 1];
	h->run->options.n--;
}

/* Takes out what breaks the container's walls, or says that it should go. */
static void open_doors(struct hardener *h)
{
	static const struct {
		const char *name, *value, *why;
	} doors[] = {
		{ "privileged", NULL,
		  "gives every capability and device of the host: root in the container is root outside" },
		{ "use-api-socket", NULL, "hands over the engine and the registry credentials" },
		{ "oom-kill-disable", NULL, "a leak then takes the host's memory" },
		{ "pid", "host", "shows and signals every process of the host" },
		{ "ipc", "host", "shares the host's memory segments" },
		{ "uts", "host", "may rename the host" },
		{ "userns", "host", "switches user namespace remapping off" },
		{ "cgroupns", "host", "shows the host's control groups" },
		{ "network", "host", "puts the process on the host's own network, its loopback services included" },
		{ "security-opt", "seccomp=unconfined", "allows every system call" },
		{ "security-opt", "apparmor=unconfined", "switches the mandatory access control off" },
		{ "security-opt", "label=disable", "switches SELinux's separation off" },
		{ "security-opt", "systempaths=unconfined", "unmasks /proc and /sys" },
	};
	for (size_t d = 0; d < STK_LEN(doors); d++)
		for (size_t i = 0; i < h->run->options.n; i++) {
			struct stk_run_option *option = &h->run->options.v[i];
			struct stk_str value = option->value;
			size_t colon = stk_str_find_byte(value, ':');
			if (colon != SIZE_MAX &&
			    stk_str_is(option->name, "security-opt")) /* the old spelling, "seccomp:unconfined" */
				value = stk_arena_printf(h->arena, STK_FMT "=" STK_FMT,
							 STK_ARG(stk_str_slice(value, 0, colon)),
							 STK_ARG(stk_str_slice(value, colon + 1, value.n)));
			if (!stk_str_is(option->name, doors[d].name) ||
			    (doors[d].value && !stk_str_is(value, doors[d].value)))
				continue;
			if (h->unsafe)
				take_out(h, option, doors[d].why), i--;
			else
				note(h, STK_RUN_LEFT, show(h, option), doors[d].why);
		}
}

static bool has_value(const struct hardener *h, const char *name, const char *value)
{
	for (size_t i = 0; i < h->run->options.n; i++)
		if (stk_str_is(h->run->options.v[i].name, name) &&
		    stk_str_eq_nocase(h->run->options.v[i].value, stk_str_from(value)))
			return true;
	return false;
}

static bool drops_all(const struct hardener *h)
{
	for (size_t i = 0; i < h->run->options.n; i++)
		if (stk_str_is(h->run->options.v[i].name, "cap-drop") &&
		    stk_str_eq_nocase(h->run->options.v[i].value, S("all")))
			return true;
	return false;
}

static bool is_root(struct stk_str user)
{
	struct stk_str name = stk_str_cut(&user, ':');
	return stk_str_is(name, "root") || stk_str_is(name, "0") || !name.n;
}

/* Well-known images start as root to give folders away, to listen below 1024, or to start workers as somebody else. */
static void needed_capabilities(struct hardener *h)
{
	const struct stk_official_image *image = stk_official_image(h->run->image);
	const struct stk_run_option *user = find(h, "user");
	if (!image || (user && !is_root(user->value)))
		return;
	for (size_t i = 0; i < STK_LEN(image->capabilities) && image->capabilities[i]; i++)
		if (!has_value(h, "cap-add", image->capabilities[i]))
			add(h, "cap-add", image->capabilities[i],
			    image->user ? "the image starts as root and becomes a user of its own"
					: "the image's root process needs it");
}

static void capabilities(struct hardener *h)
{
	for (size_t i = 0; i < h->run->options.n; i++) {
		struct stk_run_option *option = &h->run->options.v[i];
		if (stk_str_is(option->name, "cap-add") && (stk_str_eq_nocase(option->value, S("all")) ||
							    stk_str_contains_nocase(option->value, S("SYS_ADMIN"))))
			note(h, STK_RUN_LEFT, show(h, option),
			     "as good as --privileged: name the single capability that is needed");
	}
	if (find(h, "privileged") || drops_all(h))
		return;
	add(h, "cap-drop", "ALL",
	    "most programs need no capability; add back the single one that fails with --cap-add");
	needed_capabilities(h);
}

static void no_new_privileges(struct hardener *h)
{
	for (size_t i = 0; i < h->run->options.n; i++)
		if (stk_str_is(h->run->options.v[i].name, "security-opt") &&
		    stk_str_starts(h->run->options.v[i].value, S("no-new-privileges")) &&
		    !stk_str_ends(h->run->options.v[i].value, S("false")))
			return;
	add(h, "security-opt", "no-new-privileges:true", "setuid programs cannot raise rights");
}

/* Only what is absent or switched off is set: a limit that somebody chose is left, whatever it
   is. */
static void limits(struct hardener *h)
{
	static const struct {
		const char *name, *value, *why;
	} rows[] = {
		{ "memory", "512m", "a leak stops here instead of on the host; measure with docker stats" },
		{ "cpus", "1", "leaves the other cores to others" },
		{ "pids-limit", "512", "stops fork bombs" },
	};
	for (size_t i = 0; i < STK_LEN(rows); i++) {
		struct stk_run_option *option = find(h, rows[i].name);
		bool off = option && (stk_str_is(option->value, "-1") || stk_str_is(option->value, "0"));
		bool other = i == 1 && (find(h, "cpu-quota") || find(h, "cpuset-cpus") || find(h, "cpu-shares"));
		if (off)
			change(h, option, stk_str_from(rows[i].value), rows[i].why);
		else if (!option && !other)
			add(h, rows[i].name, rows[i].value, rows[i].why);
	}
}

/* "published=8080,target=80,protocol=udp" is "8080:80/udp". */
static struct stk_str plain_port(struct stk_arena *arena, struct stk_str value)
{
	struct stk_str published = S(""), target = S(""), protocol = S("");
	if (stk_str_find_byte(value, '=') == SIZE_MAX)
		return value;
	for (struct stk_str rest = value; rest.n;) {
		struct stk_str text = stk_str_cut(&rest, ','), key = stk_str_cut(&text, '=');
		if (stk_str_is(key, "published"))
			published = text;
		else if (stk_str_is(key, "target"))
			target = text;
		else if (stk_str_is(key, "protocol"))
			protocol = text;
	}
	return stk_arena_printf(arena, STK_FMT "%s" STK_FMT "%s" STK_FMT, STK_ARG(published), published.n ? ":" : "",
				STK_ARG(target), protocol.n ? "/" : "", STK_ARG(protocol));
}

/* Does it end in a port or a range of ports? */
static bool is_port(struct stk_str value)
{
	size_t colon = stk_str_rfind_byte(value, ':');
	struct stk_str rest = stk_str_slice(value, colon == SIZE_MAX ? 0 : colon + 1, value.n),
		       port = stk_str_cut(&rest, '/');
	for (size_t i = 0; i < port.n; i++)
		if (!stk_is_digit(port.p[i]) && port.p[i] != '-')
			return false;
	return port.n > 0;
}

/* "8080:80", "0.0.0.0:8080:80" and "[::]:8080:80" are open to every machine; the loopback address is not. */
static void ports(struct hardener *h)
{
	for (size_t i = 0; i < h->run->options.n; i++) {
		struct stk_run_option *option = &h->run->options.v[i];
		if (!stk_str_is(option->name, "publish"))
			continue;
		size_t colons = 0;
		option->value = plain_port(h->arena, option->value);
		struct stk_str value = option->value;
		if (!is_port(value))
			continue; /* for docker to refuse */
		for (size_t k = 0; k < value.n; k++)
			colons += value.p[k] == ':';
		struct stk_str rest = stk_str_strip_prefix(value, S("0.0.0.0:"));
		bool ipv6 = stk_str_starts(value, S("[::]:"));
		if (ipv6)
			rest = stk_str_strip_prefix(value, S("[::]:"));
		/* A container port alone: the engine takes a free port, which an empty host
		   port says as well. */
		else if (rest.n == value.n && colons == 0)
			rest = stk_arena_printf(h->arena, ":" STK_FMT, STK_ARG(value));
		/* It names an address of its own. */
		else if (rest.n == value.n && colons != 1)
			continue;
		change(h, option,
		       stk_arena_printf(h->arena, "%s:" STK_FMT, ipv6 ? "[::1]" : "127.0.0.1", STK_ARG(rest)),
		       "only this machine reaches it: put a reverse proxy in front, or name the address that should answer");
	}
	if (find(h, "publish-all"))
		note(h, STK_RUN_LEFT, S("--publish-all"),
		     "opens every exposed port to every machine: publish the one that is needed");
}

/* json-file, the default, never rotates by itself. Other drivers send the output away. */
static void logging(struct hardener *h)
{
	struct stk_run_option *driver = find(h, "log-driver");
	for (size_t i = 0; i < h->run->options.n; i++)
		if (stk_str_is(h->run->options.v[i].name, "log-opt") &&
		    stk_str_starts(h->run->options.v[i].value, S("max-size")))
			return;
	if (driver && stk_str_is(driver->value, "none"))
		note(h, STK_RUN_LEFT, S("--log-driver=none"), "leaves no trail of what happened");
	else if (!driver || stk_str_is(driver->value, "json-file") || stk_str_is(driver->value, "local")) {
		add(h, "log-opt", "max-size=10m", "a chatty process cannot fill the disk");
		add(h, "log-opt", "max-file=3", "older output is dropped");
	}
}

static void restart(struct hardener *h)
{
	struct stk_run_option *option = find(h, "restart");
	if (option && (stk_str_is(option->value, "always") || stk_str_is(option->value, "on-failure")))
		change(h, option, S("on-failure:5"),
		       "a process that keeps dying is seen instead of restarted for ever");
}

static void set_user(struct hardener *h, const struct stk_official_image *image)
{
	struct stk_run_option *user = find(h, "user");
	const char *name = image ? image->user : "10001:10001";
	const char *why = image ? "the user that the image's entry point becomes; its data must belong to it"
				: "not root; files it writes must belong to this id";
	if (user && !is_root(user->value))
		return;
	if (!name)
		note(h, STK_RUN_LEFT, user ? show(h, user) : S("no --user"),
		     "this image needs its root process: it starts workers as another user");
	else if (!h->unsafe)
		note(h, STK_RUN_LEFT, user ? show(h, user) : S("no --user"),
		     stk_arena_printf(
			     h->arena,
			     "the image's own user applies, often root: add --user %s when the program takes it", name)
			     .p);
	else if (user)
		change(h, user, stk_str_from(name), why);
	else
		add(h, "user", name, why);
}

/* Another user or a read-only root breaks many images, so both change only when asked to
   (--unsafe). */
static void user_and_root(struct hardener *h)
{
	const struct stk_official_image *image = stk_official_image(h->run->image);
	set_user(h, image);
	if (find(h, "read-only"))
		return;
	if (h->unsafe) {
		add(h, "read-only", NULL, "nothing can be planted in the image's files");
		add(h, "tmpfs", "/tmp:rw,noexec,nosuid,nodev,size=64m", "room for temporary files");
		for (size_t i = 0; image && i < STK_LEN(image->writes) && image->writes[i]; i++)
			add(h, "tmpfs", image->writes[i], "the image writes there");
	} else {
		note(h, STK_RUN_LEFT, S("writable root"), "add --read-only with --tmpfs for the folders it writes");
	}
}

/* Is one side of a mount the socket of an engine, or a folder above one? */
static bool is_socket(struct stk_str source)
{
	static const char *const names[] = { "docker.sock", "containerd.sock", "podman.sock", "crio.sock" };
	for (size_t i = 0; i < STK_LEN(names); i++)
		if (stk_str_ends(source, stk_str_from(names[i])))
			return true;
	return stk_str_is(source, "/run") || stk_str_is(source, "/var/run");
}

/* Of the host's own folders: what mounting one gives away, or NULL. */
static const char *gives_away(const struct stk_run_option *option, struct stk_str source)
{
	static const char *const folders[] = { "/bin",	"/boot", "/dev", "/etc", "/lib", "/lib64", "/proc",
					       "/root", "/sbin", "/sys", "/usr", "/var", "/home" };
	bool read_only = stk_str_ends(option->value, S(":ro")) || stk_str_contains(option->value, S(":ro,")) ||
			 stk_str_contains(option->value, S(",ro")) || stk_str_contains(option->value, S("readonly"));
	if (is_socket(source))
		return "whoever holds the engine's socket is root on the host, :ro or not: use a socket proxy that allows single calls";
	if (stk_str_is(source, "/"))
		return "all files of the host, the engine's socket among them: mount the folder that is needed";
	for (size_t i = 0; i < STK_LEN(folders); i++)
		if (stk_str_is(source, folders[i]))
			return read_only
				       ? "shows files of the host's system: mount the one file that is needed"
				       : "files of the host's system can be changed: mount the one file that is needed, :ro";
	return NULL;
}

static struct stk_str mount_source(const struct stk_run_option *option)
{
	struct stk_str rest = option->value;
	if (stk_str_is(option->name, "volume"))
		return stk_str_cut(&rest, ':');
	while (rest.n) {
		struct stk_str value = stk_str_cut(&rest, ','), key = stk_str_cut(&value, '=');
		if (stk_str_is(key, "source") || stk_str_is(key, "src"))
			return value;
	}
	return S("");
}

static void mounts_and_names(struct hardener *h)
{
	static const char *const secrets[] = { "PASSWORD", "PASSWD",	  "SECRET",	"TOKEN",     "API_KEY",
					       "APIKEY",   "PRIVATE_KEY", "ACCESS_KEY", "CREDENTIAL" };
	for (size_t i = 0; i < h->run->options.n; i++) {
		struct stk_run_option *option = &h->run->options.v[i];
		bool mount = stk_str_is(option->name, "volume") || stk_str_is(option->name, "mount");
		const char *why = mount ? gives_away(option, mount_source(option)) : NULL;
		if (why)
			note(h, STK_RUN_LEFT, show(h, option), why);
		struct stk_str value = option->value, name = stk_str_cut(&value, '=');
		for (size_t s = 0; stk_str_is(option->name, "env") && value.n && s < STK_LEN(secrets); s++)
			if (stk_str_contains_nocase(name, stk_str_from(secrets[s])) &&
			    !stk_str_ends(name, S("_FILE"))) {
				note(h, STK_RUN_LEFT, stk_arena_printf(h->arena, "--env=" STK_FMT "=…", STK_ARG(name)),
				     "visible in docker inspect and in the process's environment: mount a file and use the _FILE variable");
				break;
			}
	}
	size_t slash = stk_str_rfind_byte(h->run->image, '/'), colon = stk_str_rfind_byte(h->run->image, ':');
	bool tagged = colon != SIZE_MAX && (slash == SIZE_MAX || colon > slash);
	if (!stk_str_contains(h->run->image, S("@sha256:")) && (!tagged || stk_str_ends(h->run->image, S(":latest"))))
		note(h, STK_RUN_LEFT, h->run->image,
		     "the image can change with every pull: name a version, better its digest");
}

void stk_docker_run_harden(struct stk_arena *arena, struct stk_docker_run *run, bool unsafe,
			   struct stk_run_notes *notes)
{
	/* The user before the capabilities, which hang on it. */
	static void (*const measures[])(struct hardener *) = { open_doors,	  user_and_root, capabilities,
							       no_new_privileges, limits,	 ports,
							       restart,		  logging,	 mounts_and_names };
	struct hardener h = { arena, run, notes, unsafe };
	for (size_t i = 0; i < STK_LEN(measures); i++)
		measures[i](&h);
}
