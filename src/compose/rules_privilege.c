/* SPDX-License-Identifier: Apache-2.0 */
/* CMP-1xx: what a container may do to the host. */
#include "compose/check_private.h"
#include "compose/official.h"
#include "base/banned.h"

/* "CAP_NET_ADMIN" and "net_admin" are one. */
static struct stk_str capability(check *c, struct stk_str name)
{
	struct stk_str lower = stk_arena_lower(c->report->arena, name);
	return stk_str_strip_prefix(lower, S("cap_"));
}

/* "name:value" or "name=value" of security_opt. */
static bool option_is(struct stk_str option, const char *name, const char *value)
{
	size_t n = stk_str_from(name).n;
	if (!stk_str_starts_nocase(option, stk_str_from(name)))
		return false;
	if (option.n == n)
		return !*value;
	return (option.p[n] == ':' || option.p[n] == '=') &&
	       stk_str_eq_nocase(stk_str_slice(option, n + 1, option.n), stk_str_from(value));
}

/* A "false" anywhere counts: it is what was meant to be switched off. */
static bool forbids_new_privileges(service *s)
{
	bool on = false;
	for (size_t i = 0; i < s->security_opt.n; i++) {
		struct stk_str option = s->security_opt.v[i];
		on |= option_is(option, "no-new-privileges", "") || option_is(option, "no-new-privileges", "true");
		if (option_is(option, "no-new-privileges", "false"))
			return false;
	}
	return on;
}

struct relaxed {
	const char *name, *value, *what;
};
static const struct relaxed relaxations[] = {
	{ "seccomp", "unconfined", "switches the system call filter off" },
	{ "apparmor", "unconfined", "switches AppArmor off" },
	{ "label", "disable", "switches SELinux separation off" },
	{ "systempaths", "unconfined", "unmasks /proc and /sys" },
};

/* SELinux has two ways: no labels at all, and the type spc_t, which may do everything. */
static bool is_relaxed(struct stk_str option, const struct relaxed *r)
{
	bool spc = stk_str_is(stk_str_from(r->name), "label") && stk_str_contains_nocase(option, S("type:spc_t"));
	return spc || option_is(option, r->name, r->value);
}

/* How many options from the first on check_relaxed takes out: when all, it puts no-new-privileges in the place of the
 * first. */
static uint32_t count_relaxed(const node *list)
{
	for (uint32_t i = 0; i < stk_compose_count(list); i++) {
		size_t k = 0;
		while (k < STK_LEN(relaxations) && !is_relaxed(list->items[i]->text, &relaxations[k]))
			k++;
		if (k == STK_LEN(relaxations))
			return i;
	}
	return (uint32_t)stk_compose_count(list);
}

/* Then the first is replaced and not removed: no-new-privileges takes its place. */
static bool is_all_relaxed(const node *list)
{
	return stk_compose_count(list) && count_relaxed(list) == stk_compose_count(list);
}

/* Where another rule's fix clears the list in the same run, both have to write the same. */
static void fix_new_privileges(check *c, struct stk_finding *f, service *s)
{
	const node *list = stk_compose_get(s->node, "security_opt");
	for (uint32_t i = 0; i < stk_compose_count(list); i++)
		if (option_is(list->items[i]->text, "no-new-privileges", "false")) {
			stk_compose_fix_replace(c, f, false, "forbid new privileges", list->items[i],
						S("no-new-privileges:true"), false);
			return;
		}
	/* --harden leaves them where they are. */
	if (is_all_relaxed(list) && !stk_compose_hardens(c, s))
		stk_compose_fix_replace(c, f, false, "forbid new privileges", list->items[0],
					S("no-new-privileges:true"), false);
	else
		stk_compose_fix_item(c, f, false, "forbid new privileges", s, "security_opt", "no-new-privileges:true",
				     NULL);
}

static void check_privileged(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *value = stk_compose_get(s->node, "privileged");
		if (!s->privileged)
			continue;
		struct stk_finding *f = stk_compose_find(c, rule, s, value->place,
							 "service \"" STK_FMT "\" runs privileged", STK_ARG(s->name));
		if (stk_compose_is_exposed(s))
			stk_finding_evidence(
				c->report, f,
				"it publishes ports, so whoever takes over the program over the network owns the host");
		stk_compose_fix_replace(c, f, false, "run without privileged", value, S("false"), true);
		/* With the privileges gone, this is the next that would be found. */
		if (f->fix && !forbids_new_privileges(s))
			fix_new_privileges(c, f, s);
	}
}

static const char dangerous[] = "all sys_admin sys_module sys_ptrace sys_rawio sys_boot sys_time dac_read_search "
				"net_admin bpf perfmon mac_admin "
				"mac_override syslog checkpoint_restore";
/* Docker's own, which adding again does not make worse. */
static const char defaults[] = "chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service net_raw "
			       "sys_chroot mknod audit_write setfcap";

static const char *gained(struct stk_str name)
{
	static const struct {
		const char *name, *gain;
	} gains[] = {
		{ "all", "every capability: mount, load kernel modules, trace processes" },
		{ "sys_admin", "mount file systems and, with a cgroup, run programs on the host" },
		{ "sys_module", "load a module into the host's kernel" },
		{ "sys_ptrace", "read and change other processes' memory" },
		{ "dac_read_search", "open host files by handle, past every permission" },
		{ "net_admin", "rewrite routes and firewall rules, and listen to traffic" },
		{ "sys_rawio", "write to raw devices and ports" },
		{ "bpf", "load programs into the kernel" },
	};
	for (size_t i = 0; i < STK_LEN(gains); i++)
		if (stk_str_is(name, gains[i].name))
			return gains[i].gain;
	return "control over the kernel that containers are not meant to have";
}

/* argument 0: those that are as good as root on the host; otherwise whatever is neither that nor a default. */
static void check_capabilities(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *list = stk_compose_get(s->node, "cap_add");
		for (uint32_t i = 0; i < stk_compose_count(list); i++) {
			struct stk_str name = capability(c, list->items[i]->text);
			bool bad = stk_compose_one_of(name, dangerous), usual = stk_compose_one_of(name, defaults);
			if (rule->argument ? bad || usual : !bad)
				continue;
			struct stk_finding *f = stk_compose_find(c, rule, s, list->items[i]->place,
								 "service \"" STK_FMT "\" adds the capability " STK_FMT,
								 STK_ARG(s->name), STK_ARG(list->items[i]->text));
			if (bad)
				stk_finding_evidence(c->report, f, "it gives %s", gained(name));
		}
	}
}

static bool is_root(struct stk_str user)
{
	struct stk_str rest = user, name = stk_str_cut(&rest, ':');
	return stk_str_is(name, "root") || stk_str_is(name, "0");
}

/* The user that a well-known image becomes, where Compose may name it from the start: a folder of the host may belong
 * to somebody else. */
static const char *own_user(service *s)
{
	const struct stk_official_image *official = s->build ? NULL : stk_official_image(s->image);
	for (size_t i = 0; official && i < s->mounts.n; i++)
		if (stk_str_is(s->mounts.v[i].type, "bind") && !s->mounts.v[i].read_only)
			return NULL;
	return official ? official->user : NULL;
}

/* Gives back what a well-known image needs that starts as root and stays so. */
static void give_back(check *c, struct stk_finding *f, service *s)
{
	const struct stk_official_image *official = s->build ? NULL : stk_official_image(s->image);
	struct stk_yaml_value items[STK_LEN(official->capabilities)];
	size_t n = 0;
	if (!official || (s->user.n ? !is_root(s->user) : own_user(s) != NULL))
		return;
	for (size_t i = 0; i < STK_LEN(official->capabilities) && official->capabilities[i]; i++)
		if (!stk_strs_has(&s->cap_add, stk_str_from(official->capabilities[i])))
			items[n++] = STK_YAML_TEXT(stk_str_from(official->capabilities[i]));
	stk_compose_fix_items(c, f, false, "", s, "cap_add", items, n);
}

static void check_cap_drop(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		bool all = false;
		for (size_t i = 0; i < s->cap_drop.n; i++)
			all |= stk_str_is(capability(c, s->cap_drop.v[i]), "all");
		if (all)
			continue;
		bool known = !s->build && stk_official_image(s->image);
		struct stk_finding *f = stk_compose_find(c, rule, s, stk_compose_place_of(s, "cap_drop"),
							 "service \"" STK_FMT "\" keeps Docker's default capabilities",
							 STK_ARG(s->name));
		stk_compose_fix_item(c, f, false, "drop all capabilities", s, "cap_drop", "ALL",
				     known ? NULL
					   : "check which ones the program needs and give those back with cap_add");
		if (f->fix)
			give_back(c, f, s);
	}
}

static void check_new_privileges(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		if (forbids_new_privileges(s) || s->privileged)
			continue;
		struct stk_finding *f = stk_compose_find(c, rule, s, stk_compose_place_of(s, "security_opt"),
							 "service \"" STK_FMT "\" may gain privileges after its start",
							 STK_ARG(s->name));
		fix_new_privileges(c, f, s);
	}
}

static void check_relaxed(const struct stk_rule *rule, void *context)
{
	check *c = context;
	const struct relaxed *r = &relaxations[rule->argument];
	for (EACH_SERVICE(c, s)) {
		const node *list = stk_compose_get(s->node, "security_opt");
		for (uint32_t i = 0; i < stk_compose_count(list); i++) {
			const node *item = list->items[i];
			if (!is_relaxed(item->text, r))
				continue;
			struct stk_finding *f = stk_compose_find(c, rule, s, item->place, "service \"" STK_FMT "\" %s",
								 STK_ARG(s->name), r->what);
			if (i == 0 && is_all_relaxed(list))
				stk_compose_fix_replace(c, f, false, "put no-new-privileges in its place", item,
							S("no-new-privileges:true"), false);
			else if (!is_all_relaxed(list) && i < count_relaxed(list))
				stk_compose_fix_remove_leading(c, f, false, "take the option out", list, item);
			else
				stk_compose_fix_remove(c, f, false, "take the option out", list, item);
		}
	}
}

struct namespace
{
	const char *key, *bad, *what;
	bool fix;
};
static const struct namespace namespaces[] = {
	{ "pid", "host", "sees and signals the host's processes", true },
	{ "ipc", "host", "shares the host's memory segments", true },
	{ "network_mode", "host", "uses the host's network", false },
	{ "userns_mode", "host", "cancels user namespace remapping", true },
	{ "uts", "host", "may change the host's name", true },
	{ "cgroup", "host", "sees the host's control groups", true },
	{ "cgroup_parent", NULL, "leaves the limits of Docker's control group", true },
};

static void check_namespace(const struct stk_rule *rule, void *context)
{
	check *c = context;
	const struct namespace *n = &namespaces[rule->argument];
	for (EACH_SERVICE(c, s)) {
		const node *value = stk_compose_get(s->node, n->key);
		/* The second row is ipc, whose `shareable` is not the host's namespace: worth a
		   word, not more. */
		bool shareable = value && rule->argument == 1 && stk_str_is(value->text, "shareable");
		if (!value || (n->bad && !stk_str_is(value->text, n->bad) && !shareable))
			continue;
		struct stk_finding *f = stk_compose_find(
			c, rule, s, stk_compose_place_of(s, n->key), "service \"" STK_FMT "\" %s", STK_ARG(s->name),
			shareable ? "lets other containers join its memory segments" : n->what);
		if (shareable)
			f->severity = STK_SEV_INFO;
		if (n->fix)
			stk_compose_fix_remove(c, f, false, "use a namespace of its own", s->node, value);
	}
}

/* Sharing may be meant, as with a sidecar, so nothing is repaired. */
static void check_joined(const struct stk_rule *rule, void *context)
{
	static const char *const keys[] = { "pid", "ipc", "network_mode" };
	check *c = context;
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < STK_LEN(keys); i++) {
			struct stk_str value = stk_compose_str(s->node, keys[i]);
			if (stk_str_starts(value, S("service:")) || stk_str_starts(value, S("container:")))
				stk_compose_find(c, rule, s, stk_compose_place_of(s, keys[i]),
						 "service \"" STK_FMT "\" shares %s with " STK_FMT
						 ": what takes over one has the other",
						 STK_ARG(s->name), keys[i], STK_ARG(value));
		}
}

static void check_user(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		if (s->user.n && is_root(s->user)) {
			stk_compose_find(c, rule, s, stk_compose_place_of(s, "user"),
					 "service \"" STK_FMT "\" runs as root", STK_ARG(s->name));
			continue;
		}
		/* The file's own `user` beats the image's; without one, the image decides if it
		   is at hand. */
		const struct stk_compose_image *image = s->user.n ? NULL : stk_compose_image_of(c, s);
		if (s->user.n || (image && image->user.n && !is_root(image->user)))
			continue;
		struct stk_finding *f =
			stk_compose_find(c, rule, s, s->place, "service \"" STK_FMT "\" names no user%s",
					 STK_ARG(s->name), image ? ", and its image runs as root" : "");
		/* Not known to be root, unlike above. */
		f->severity = STK_SEV_MEDIUM;
		if (!image)
			stk_finding_evidence(
				c->report, f,
				s->build ? "the image is built here: a USER in its Dockerfile serves as well"
					 : "the image is not at hand, so its USER is not known");
		const char *own = own_user(s);
		if (own)
			stk_compose_fix_add(c, f, false, "start as the user that the image becomes", s, "user",
					    &STK_YAML_TEXT(stk_str_from(own)));
		/* 65532 is the "nonroot" of distroless images. Official images start as root on
		   purpose and step down themselves (own_user), so none of them gets a number
		   that its entrypoint does not expect. */
		else if (stk_compose_hardens(c, s) && image && !stk_official_image(s->image))
			stk_compose_fix_add(c, f, false, "run as an unprivileged user", s, "user",
					    &STK_YAML_TEXT(S("65532:65532")));
	}
}

/* Groups that own what root owns: the disks, the engine's socket, the password file. */
static void check_groups(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *list = stk_compose_get(s->node, "group_add");
		for (uint32_t i = 0; i < stk_compose_count(list); i++)
			if (stk_compose_one_of(list->items[i]->text, "0 root docker disk kmem shadow sudo wheel"))
				stk_compose_find(c, rule, s, list->items[i]->place,
						 "service \"" STK_FMT "\" joins the group " STK_FMT, STK_ARG(s->name),
						 STK_ARG(list->items[i]->text));
	}
}

/* Memory for /tmp, and for what a well-known image writes besides: it gets the mode of the image's folder, which is
 * open to every user there. */
static void make_room(check *c, struct stk_finding *f, service *s)
{
	const struct stk_official_image *official = s->build ? NULL : stk_official_image(s->image);
	struct stk_yaml_value items[1 + STK_LEN(official->writes)];
	size_t n = 0;
	if (!stk_compose_has_room(s, S("/tmp")))
		items[n++] = STK_YAML_TEXT(S("/tmp:size=64m,noexec,nosuid,nodev"));
	for (size_t i = 0; official && i < STK_LEN(official->writes) && official->writes[i]; i++)
		if (!stk_compose_has_room(s, stk_str_from(official->writes[i])))
			items[n++] = STK_YAML_TEXT(stk_arena_printf(c->report->arena, "%s:size=16m,noexec,nosuid,nodev",
								    official->writes[i]));
	stk_compose_fix_items(c, f, false, "", s, "tmpfs", items, n);
}

static void check_read_only(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		if (s->read_only)
			continue;
		struct stk_finding *f =
			stk_compose_find(c, rule, s, stk_compose_place_of(s, "read_only"),
					 "service \"" STK_FMT "\" may write to its root file system", STK_ARG(s->name));
		stk_compose_fix_add(c, f, false, "read-only root with a writable /tmp", s, "read_only",
				    &STK_YAML_LITERAL_TEXT(S("true")));
		if (f->fix)
			make_room(c, f, s);
	}
}

/* Whoever reads the disk or the memory needs no permissions of files. */
static bool is_raw_device(struct stk_str source)
{
	static const char *const prefixes[] = { "/dev/sd",  "/dev/nvme",    "/dev/vd",	  "/dev/xvd", "/dev/hd",
						"/dev/dm-", "/dev/mapper/", "/dev/disk/", "/dev/md",  "/dev/loop" };
	for (size_t i = 0; i < STK_LEN(prefixes); i++)
		if (stk_str_starts(source, stk_str_from(prefixes[i])))
			return true;
	return stk_compose_one_of(source, "/dev/mem /dev/kmem /dev/port /dev/fuse /dev/net/tun /dev/kvm /dev");
}

static void check_devices(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *list = stk_compose_get(s->node, "devices");
		for (uint32_t i = 0; i < stk_compose_count(list); i++) {
			struct stk_str source = stk_compose_str(list->items[i], "source");
			struct stk_finding *f = stk_compose_find(c, rule, s, list->items[i]->place,
								 "service \"" STK_FMT "\" reaches the device " STK_FMT,
								 STK_ARG(s->name), STK_ARG(source));
			if (is_raw_device(source))
				f->severity = STK_SEV_HIGH;
		}
	}
}

/* "a" and "*:*" are every device; block devices that may be written are the disks. */
static void check_device_rules(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *list = stk_compose_get(s->node, "device_cgroup_rules");
		for (uint32_t i = 0; i < stk_compose_count(list); i++) {
			struct stk_str text = stk_str_trim(list->items[i]->text), rest = text,
				       kind = stk_str_cut_word(&rest), numbers = stk_str_cut_word(&rest);
			bool writes = stk_str_find_byte(stk_str_cut_word(&rest), 'w') != SIZE_MAX;
			if (stk_str_is(kind, "a") || stk_str_is(numbers, "*:*") || (stk_str_is(kind, "b") && writes))
				stk_compose_find(c, rule, s, list->items[i]->place,
						 "service \"" STK_FMT "\" may use a whole class of devices: " STK_FMT,
						 STK_ARG(s->name), STK_ARG(text));
		}
	}
}

/* The kernel then ends something else instead. */
static void check_oom(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *disable = stk_compose_get(s->node, "oom_kill_disable"),
			   *score = stk_compose_get(s->node, "oom_score_adj");
		const node *bad = stk_compose_is_true(disable) ? disable : score && score->integer < 0 ? score : NULL;
		if (!bad)
			continue;
		struct stk_finding *f =
			stk_compose_find(c, rule, s, bad->place,
					 "service \"" STK_FMT "\" escapes the out-of-memory killer", STK_ARG(s->name));
		stk_compose_fix_remove(c, f, true, "let the kernel choose", s->node, bad);
	}
}

static void check_sysctls(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *map = stk_compose_get(s->node, "sysctls");
		for (uint32_t i = 0; i < stk_compose_count(map); i++) {
			const struct stk_compose_entry *entry = &map->entries[i];
			bool forwards =
				stk_str_is(entry->key, "net.ipv4.ip_forward") && stk_str_is(entry->value->text, "1");
			if (stk_str_starts(entry->key, S("kernel.")) || forwards)
				stk_compose_find(c, rule, s, entry->place,
						 "service \"" STK_FMT "\" sets the kernel parameter " STK_FMT,
						 STK_ARG(s->name), STK_ARG(entry->key));
		}
	}
}

static void check_hooks(const struct stk_rule *rule, void *context)
{
	static const char *const keys[] = { "post_start", "pre_start", "pre_stop" };
	check *c = context;
	for (EACH_SERVICE(c, s))
		for (size_t k = 0; k < STK_LEN(keys); k++) {
			const node *list = stk_compose_get(s->node, keys[k]);
			for (uint32_t i = 0; i < stk_compose_count(list); i++) {
				const node *user = stk_compose_get(list->items[i], "user");
				bool privileged = stk_compose_is_true(stk_compose_get(list->items[i], "privileged"));
				if (!privileged && !(user && is_root(user->text)))
					continue;
				struct stk_finding *f =
					stk_compose_find(c, rule, s, list->items[i]->place,
							 "a %s hook of service \"" STK_FMT "\" runs %s", keys[k],
							 STK_ARG(s->name), privileged ? "privileged" : "as root");
				if (privileged)
					stk_compose_fix_replace(c, f, false, "run it without privileges",
								stk_compose_get(list->items[i], "privileged"),
								S("false"), true);
				else
					f->severity = STK_SEV_MEDIUM;
				if (user && is_root(user->text))
					stk_compose_fix_remove(c, f, false, "run it as the service's user",
							       list->items[i], user);
			}
		}
}

static void check_runtime(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		struct stk_str runtime = stk_compose_str(s->node, "runtime");
		if (runtime.n &&
		    !stk_compose_one_of(
			    runtime,
			    "runc runsc kata kata-runtime sysbox sysbox-runc nvidia crun youki io.containerd.runc.v2 "
			    "io.containerd.kata.v2 io.containerd.runsc.v1"))
			stk_compose_find(c, rule, s, stk_compose_place_of(s, "runtime"),
					 "service \"" STK_FMT "\" uses the runtime " STK_FMT ", which is not known",
					 STK_ARG(s->name), STK_ARG(runtime));
	}
}

static void check_provider(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *provider = stk_compose_get(s->node, "provider");
		if (provider)
			stk_compose_find(c, rule, s, stk_compose_place_of(s, "provider"),
					 "service \"" STK_FMT "\" has Compose run the program \"" STK_FMT
					 "\" on the host",
					 STK_ARG(s->name), STK_ARG(stk_compose_str(provider, "type")));
	}
}

#define RUN .layer = STK_LAYER_RUNTIME

static const struct stk_rule rows[] = {
	{ .id = "CMP-101",
	  .aliases = { "kics:privileged_containers_enabled", "semgrep:privileged-service", "CIS-5.5" },
	  RUN,
	  .severity = STK_SEV_CRITICAL,
	  .title = "container runs privileged",
	  .why = "All capabilities, all devices and no system call filter: root in the container is root on the host.",
	  .remedy = "Take privileged out and grant the one capability or device that the program needs.",
	  .bad = "privileged: true",
	  .good = "cap_add: [NET_BIND_SERVICE]",
	  .check = check_privileged },
	{ .id = "CMP-102",
	  .aliases = { "kics:container_capabilities_unrestricted", "CIS-5.4", "CIS-5.3" },
	  RUN,
	  .severity = STK_SEV_HIGH,
	  .title = "a capability that controls the host",
	  .why = "These capabilities are known ways out of a container or let it change the host.",
	  .remedy = "Take the capability out; few programs need one of them.",
	  .bad = "cap_add: [SYS_ADMIN]",
	  .check = check_capabilities },
	{ .id = "CMP-103",
	  RUN,
	  .severity = STK_SEV_LOW,
	  .title = "a capability beyond Docker's defaults",
	  .why = "Each capability is more that an attacker inside the container can do.",
	  .remedy = "Keep it only where the program fails without.",
	  .bad = "cap_add: [IPC_LOCK]",
	  .argument = 1,
	  .check = check_capabilities },
	{ .id = "CMP-104",
	  RUN,
	  .severity = STK_SEV_MEDIUM,
	  .title = "default capabilities are kept",
	  .why = "The default set still holds NET_RAW (spoofing on the network), MKNOD, SETUID and others that a "
		 "service rarely needs.",
	  .remedy = "Drop ALL and add back what the program needs.",
	  .bad = "image: app:1.2",
	  .good = "cap_drop: [ALL]",
	  .check = check_cap_drop },
	{ .id = "CMP-105",
	  .aliases = { "kics:no_new_privileges_not_set", "kics:security_opt_not_set", "semgrep:no-new-privileges",
		       "CIS-5.26" },
	  RUN,
	  .severity = STK_SEV_MEDIUM,
	  .title = "may gain privileges through setuid programs",
	  .why = "A setuid program in the image turns any code execution into root in the container.",
	  .remedy = "Set no-new-privileges.",
	  .bad = "image: app:1.2",
	  .good = "security_opt: [\"no-new-privileges:true\"]",
	  .check = check_new_privileges },
	{ .id = "CMP-106",
	  .aliases = { "kics:default_seccomp_profile_disabled", "semgrep:seccomp-confinement-disabled", "CIS-5.22" },
	  RUN,
	  .severity = STK_SEV_HIGH,
	  .title = "the system call filter is off",
	  .why = "Some fifty dangerous system calls become open to code in the container; kernel exploits need them.",
	  .remedy = "Use the default profile, or one that adds the single call the program needs.",
	  .bad = "security_opt: [\"seccomp:unconfined\"]",
	  .argument = 0,
	  .check = check_relaxed },
	{ .id = "CMP-107",
	  .aliases = { "CIS-5.2" },
	  RUN,
	  .severity = STK_SEV_HIGH,
	  .title = "AppArmor is off",
	  .why = "Nothing keeps the container from writing to /proc and /sys paths or mounting any more.",
	  .remedy = "Use docker-default or a profile of your own.",
	  .bad = "security_opt: [\"apparmor:unconfined\"]",
	  .argument = 1,
	  .check = check_relaxed },
	{ .id = "CMP-108",
	  .aliases = { "semgrep:selinux-separation-disabled" },
	  RUN,
	  .severity = STK_SEV_MEDIUM,
	  .title = "SELinux separation is off",
	  .why = "The container's processes may touch files of other containers and of the host.",
	  .remedy = "Label the volume with :z or :Z instead.",
	  .bad = "security_opt: [\"label:disable\"]",
	  .argument = 2,
	  .check = check_relaxed },
	{ .id = "CMP-109",
	  RUN,
	  .severity = STK_SEV_HIGH,
	  .title = "system paths are unmasked",
	  .why = "Writable /proc and /sys paths let root in the container change the host's kernel settings.",
	  .remedy = "Take systempaths=unconfined out.",
	  .bad = "security_opt: [\"systempaths=unconfined\"]",
	  .argument = 3,
	  .check = check_relaxed },
	{ .id = "CMP-110",
	  .aliases = { "kics:host_namespace_is_shared", "CIS-5.16" },
	  RUN,
	  .severity = STK_SEV_HIGH,
	  .title = "shares the host's processes",
	  .why = "Code in the container sees every process with its arguments and environment, and may signal it.",
	  .remedy = "Take pid: host out.",
	  .bad = "pid: host",
	  .argument = 0,
	  .check = check_namespace },
	{ .id = "CMP-111",
	  .aliases = { "kics:shared_host_ipc_namespace", "CIS-5.17" },
	  RUN,
	  .severity = STK_SEV_MEDIUM,
	  .title = "shares the host's memory segments",
	  .why = "Shared memory of host programs can be read and changed.",
	  .remedy = "Take ipc: host out; for larger shared memory there is shm_size.",
	  .bad = "ipc: host",
	  .argument = 1,
	  .check = check_namespace },
	{ .id = "CMP-112",
	  .aliases = { "kics:shared_host_network_namespace", "CIS-5.10" },
	  .layer = STK_LAYER_NETWORK,
	  .severity = STK_SEV_HIGH,
	  .title = "uses the host's network",
	  .why = "The container reaches services that listen on the host's loopback, listens on all its addresses, and "
		 "can watch traffic.",
	  .remedy = "Use a project network and publish the ports that are needed.",
	  .bad = "network_mode: host",
	  .argument = 2,
	  .check = check_namespace },
	{ .id = "CMP-113",
	  .aliases = { "kics:shared_host_user_namespace", "CIS-5.31" },
	  RUN,
	  .severity = STK_SEV_MEDIUM,
	  .title = "cancels user namespace remapping",
	  .why = "Root in this container is the host's root even where the daemon remaps users.",
	  .remedy = "Take userns_mode: host out.",
	  .bad = "userns_mode: host",
	  .argument = 3,
	  .check = check_namespace },
	{ .id = "CMP-114",
	  .aliases = { "CIS-5.21" },
	  RUN,
	  .severity = STK_SEV_LOW,
	  .title = "shares the host's name",
	  .why = "With SYS_ADMIN the container can rename the host.",
	  .remedy = "Take uts: host out.",
	  .bad = "uts: host",
	  .argument = 4,
	  .check = check_namespace },
	{ .id = "CMP-115",
	  RUN,
	  .severity = STK_SEV_MEDIUM,
	  .title = "sees the host's control groups",
	  .why = "The whole tree of control groups is visible, and with write access a known way to run programs on "
		 "the host.",
	  .remedy = "Use cgroup: private.",
	  .bad = "cgroup: host",
	  .argument = 5,
	  .check = check_namespace },
	{ .id = "CMP-116",
	  .aliases = { "kics:cgroup_not_default", "CIS-5.25" },
	  RUN,
	  .severity = STK_SEV_LOW,
	  .title = "another parent control group",
	  .why = "The container may leave the limits that Docker's own group sets.",
	  .remedy = "Take cgroup_parent out unless a limit is set there.",
	  .bad = "cgroup_parent: system.slice",
	  .argument = 6,
	  .check = check_namespace },
	{ .id = "CMP-117",
	  RUN,
	  .severity = STK_SEV_INFO,
	  .title = "shares a namespace with another container",
	  .why = "Two containers in one namespace are one for an attacker.",
	  .remedy = "Make sure that both are trusted alike.",
	  .bad = "network_mode: \"service:vpn\"",
	  .check = check_joined },
	{ .id = "CMP-118",
	  .aliases = { "CIS-4.1" },
	  RUN,
	  .severity = STK_SEV_HIGH,
	  .title = "runs as root",
	  .why = "Root in the container owns its files, may install tools, and is one kernel bug away from root on the "
		 "host.",
	  .remedy = "Set user: to an unprivileged id, or USER in the image.",
	  .bad = "user: root",
	  .good = "user: \"10001:10001\"",
	  .check = check_user },
	{ .id = "CMP-119",
	  RUN,
	  .severity = STK_SEV_MEDIUM,
	  .title = "joins a powerful group",
	  .why = "Through mounted files and sockets the group has on the host what it has there: docker is root.",
	  .remedy = "Take the group out.",
	  .bad = "group_add: [docker]",
	  .check = check_groups },
	{ .id = "CMP-120",
	  .aliases = { "semgrep:writable-filesystem-service", "CIS-5.13" },
	  RUN,
	  .severity = STK_SEV_LOW,
	  .title = "writable root file system",
	  .why = "An attacker can drop tools and change the program; they stay until the container is made anew.",
	  .remedy = "Set read_only and give the program a tmpfs or volume where it writes.",
	  .bad = "image: app:1.2",
	  .good = "read_only: true\ntmpfs: [/tmp]",
	  .check = check_read_only },
	{ .id = "CMP-121",
	  .aliases = { "CIS-5.18" },
	  RUN,
	  .severity = STK_SEV_LOW,
	  .title = "reaches a device of the host",
	  .why = "Raw disks and memory devices bypass every file permission; others widen what an attacker can talk "
		 "to.",
	  .remedy = "Grant the one device that is needed, with the fewest permissions.",
	  .bad = "devices: [\"/dev/sda:/dev/sda\"]",
	  .check = check_devices },
	{ .id = "CMP-122",
	  RUN,
	  .severity = STK_SEV_HIGH,
	  .title = "may use a whole class of devices",
	  .why = "With mknod the container makes itself any device of the class, disks among them.",
	  .remedy = "Name single devices.",
	  .bad = "device_cgroup_rules: [\"a *:* rwm\"]",
	  .check = check_device_rules },
	{ .id = "CMP-123",
	  RUN,
	  .severity = STK_SEV_MEDIUM,
	  .title = "escapes the out-of-memory killer",
	  .why = "When memory runs out the kernel kills something else: the host's services.",
	  .remedy = "Take the setting out and set a memory limit.",
	  .bad = "oom_kill_disable: true",
	  .check = check_oom },
	{ .id = "CMP-124",
	  RUN,
	  .severity = STK_SEV_LOW,
	  .title = "changes kernel parameters",
	  .why = "Kernel parameters change how the container's network and memory behave, and may take protections "
		 "away.",
	  .remedy = "Keep it only where the program needs it.",
	  .bad = "sysctls:\n  net.ipv4.ip_forward: 1",
	  .check = check_sysctls },
	{ .id = "CMP-125",
	  .aliases = { "CIS-5.23", "CIS-5.24" },
	  RUN,
	  .severity = STK_SEV_HIGH,
	  .title = "a hook runs with more rights",
	  .why = "The hook is a docker exec --privileged or -u root in disguise, at every start.",
	  .remedy = "Run the hook as the service's user.",
	  .bad = "post_start:\n  - command: setup.sh\n    privileged: true",
	  .check = check_hooks },
	{ .id = "CMP-126",
	  RUN,
	  .severity = STK_SEV_INFO,
	  .title = "an unknown runtime",
	  .why = "The runtime decides what isolation there is at all.",
	  .remedy = "Make sure that the runtime is what you think.",
	  .bad = "runtime: custom",
	  .check = check_runtime },
	{ .id = "CMP-127",
	  RUN,
	  .severity = STK_SEV_MEDIUM,
	  .title = "Compose runs a program of the host",
	  .why = "Whoever changes the file has a program of that name run with the user's rights at the next up.",
	  .remedy = "Use providers only from files you trust.",
	  .bad = "provider:\n  type: awesomecloud",
	  .check = check_provider },
};

const struct stk_rule_table stk_compose_privilege_rules = { "compose", rows, STK_LEN(rows) };
