/* SPDX-License-Identifier: Apache-2.0 */
/* CMP-101 to 109: rights of a container: capabilities, and what security_opt takes away or gives. */
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

/* Gives back what a well-known image needs that starts as root and stays so. */
static void give_back(check *c, struct stk_finding *f, service *s)
{
	const struct stk_official_image *official = s->build ? NULL : stk_official_image(s->image);
	struct stk_yaml_value items[STK_LEN(official->capabilities)];
	size_t n = 0;
	if (!official || (s->user.n ? !stk_compose_is_root(s->user) : stk_compose_own_user(s) != NULL))
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
};

const struct stk_rule_table stk_compose_privilege_rules = { "compose", rows, STK_LEN(rows) };
