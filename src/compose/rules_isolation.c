/* SPDX-License-Identifier: Apache-2.0 */
/* CMP-110 to 127: what a container shares with the host and with others: namespaces, users, devices, the kernel. */
#include "compose/check_private.h"
#include "compose/official.h"
#include "base/banned.h"

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
		if (s->user.n && stk_compose_is_root(s->user)) {
			stk_compose_find(c, rule, s, stk_compose_place_of(s, "user"),
					 "service \"" STK_FMT "\" runs as root", STK_ARG(s->name));
			continue;
		}
		/* The file's own `user` beats the image's; without one, the image decides if it
		   is at hand. */
		const struct stk_compose_image *image = s->user.n ? NULL : stk_compose_image_of(c, s);
		if (s->user.n || (image && image->user.n && !stk_compose_is_root(image->user)))
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
		const char *own = stk_compose_own_user(s);
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
				if (!privileged && !(user && stk_compose_is_root(user->text)))
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
				if (user && stk_compose_is_root(user->text))
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

const struct stk_rule_table stk_compose_isolation_rules = { "compose", rows, STK_LEN(rows) };
